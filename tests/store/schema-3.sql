-- Schema 3, as the board made it, with rows it stored. Never changed: stores of that time are opened by it.
BEGIN TRANSACTION;
CREATE TABLE access (
	seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	kind TEXT NOT NULL, 
	name TEXT NOT NULL, 
	value TEXT NOT NULL, 
	at BIGINT NOT NULL, 
	actor TEXT NOT NULL
);
INSERT INTO "access" VALUES(1,'account','wati','{"role": "analis"}',1732669200000000,'admin');
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0003');
CREATE TABLE audit (
	seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	at BIGINT NOT NULL, 
	actor TEXT NOT NULL, 
	action TEXT NOT NULL, 
	detail TEXT NOT NULL, 
	moves BOOLEAN NOT NULL, 
	chain TEXT NOT NULL
);
INSERT INTO "audit" VALUES(1,1732672800000000,'operator','deliver','{"batch": 1, "feed": "incidents", "source": "a.csv", "sha256": "00ff", "accepted": 2, "duplicate": 0, "quarantined": 1, "released": [], "sealed": {"rows": "094012a556283eccd40674888a949ab6", "quarantine": "d032c10d4ced849bef5f72e747c89a1b", "batch": "21763f98705b60c14e0ab93e25e163a3"}}',1,'bcc68b7dfa45b222a91fb35e52df66d3d52a385da24c3ce59986228b475f2e58');
INSERT INTO "audit" VALUES(2,1732672800000000,'operator','deliver','{"batch": 2, "feed": "incidents", "source": "susulan \u00e9.csv", "sha256": "00ff", "accepted": 1, "duplicate": 0, "quarantined": 0, "released": [1], "sealed": {"rows": "8a8e712d31621b210920b05e36a32914", "releases": "b71f676563b750a4c6637b0064183d9b", "batch": "a87cca97a425259d57a11eb65fda361a"}}',1,'abc5c29025b6aec4ebf43f03b0891285e67a7667485aa9bdea49e43a3e986dbb');
INSERT INTO "audit" VALUES(3,1732672800000000,'operator','deliver','{"batch": 3, "feed": "incidents", "source": "salah.csv", "sha256": "00ff", "accepted": 1, "duplicate": 0, "quarantined": 1, "released": [], "sealed": {"rows": "7be7831674c509e93ff1baae652e68b2", "quarantine": "fb1fbd967e64ffe2a416ec6c13f6f8e8", "batch": "0ff6daaae0d19c12c57afd615634a8a5"}}',1,'4269b4bf2350f06bb74e305d1723f65c45a90ac785dcf531f1519e1136ca0de4');
INSERT INTO "audit" VALUES(4,1732676400000000,'operator','withdraw','{"batch": 3, "rows": 1, "reason": "salah kirim", "committed_at": 1732676400000000, "sealed": {"rows": "fb858ff835916bcd5b766126d09e2455", "act": "82054fc63464cdefb3f3319c91fb7ba4"}}',1,'6201fcf392b14d35268c9a7b5c39f72cf8a21f3dd066e3c9412621a3d24a0b4b');
INSERT INTO "audit" VALUES(5,1732672800000000,'operator','deliver','{"batch": 4, "feed": "incidents", "source": "ulang.csv", "sha256": "00ff", "accepted": 1, "duplicate": 0, "quarantined": 1, "released": [], "waiting": [2], "sealed": {"rows": "a386bb157cbd218a88c80d9fdfe81315", "batch": "93decc4ff0fbfdf7028c927682d31cc0"}}',1,'1347d123bcd01eff5da6be946bb6510c814088b237444e876923d70bba8a9dd5');
INSERT INTO "audit" VALUES(6,1732672800000000,'operator','deliver','{"batch": 5, "feed": "tps", "source": "a.csv", "sha256": "00ff", "accepted": 2, "duplicate": 0, "quarantined": 1, "released": [], "sealed": {"rows": "29c8b98bb15afa1b4e25b1e1efff9fc5", "quarantine": "bc98193f6e3ed58fc04fd88ef4a1f1e3", "batch": "cc77cbec44aca76a13b04a92279d6298"}}',1,'76a8fb82457b97907292d19c8ca112f35e3608b625b4f3fbfcf18674ad301d3b');
INSERT INTO "audit" VALUES(7,1732672800000000,'operator','deliver','{"batch": 6, "feed": "personnel", "source": "a.csv", "sha256": "00ff", "accepted": 2, "duplicate": 0, "quarantined": 1, "released": [], "sealed": {"rows": "cbe430f766cd1b06fa0974842a071c6b", "quarantine": "9f8407382f5ad519b6c6710ff152470e", "batch": "c8fd30b6c136df4911fe476ee8e45fd2"}}',1,'afe6d9e6810b730f5ec50dd3e1287a33a9eac068c0a3edbe371f78cd3b8c8b01');
INSERT INTO "audit" VALUES(8,1732672800000000,'operator','deliver','{"batch": 7, "feed": "activities", "source": "a.csv", "sha256": "00ff", "accepted": 2, "duplicate": 0, "quarantined": 1, "released": [], "sealed": {"rows": "ad07519fda4bb64d1a4102690df02b8d", "quarantine": "986657763b5c5472112537e2b91b7ed0", "batch": "5b28a709c79facbb53e29f282104e0a6"}}',1,'481e59910a9031e1c3ee098bce084806a36fb21ae6eb8965df86bbd651a0a544');
INSERT INTO "audit" VALUES(9,1732672800000000,'operator','deliver','{"batch": 8, "feed": "roster", "source": "a.csv", "sha256": "00ff", "accepted": 2, "duplicate": 0, "quarantined": 1, "released": [], "sealed": {"rows": "51dcbf43da04e885f150faf4c82b8f72", "quarantine": "df0d62f7cbcbe8d85a1b89d9f4dd0555", "batch": "cfa3ba62dcf138fc40545e5e5e67763b"}}',1,'28b3d4065ae948ebcf97f320851ebfb618a5323ca9b558664ebb6eeb84deb4ef');
INSERT INTO "audit" VALUES(10,1732672800000000,'operator','deliver','{"batch": 9, "feed": "postings", "source": "a.csv", "sha256": "00ff", "accepted": 2, "duplicate": 0, "quarantined": 1, "released": [], "sealed": {"rows": "7f1e5e715331a02536bc90c914c01738", "quarantine": "c85baa12eaa729be1263f05674a4c379", "batch": "adb1b72f21cf871449b62386e750918c"}}',1,'042bae3adf9e58173aa7261177e4171d2ed1dab5cbeea31d2684fce3c6cfb879');
INSERT INTO "audit" VALUES(11,1732672800000000,'operator','deliver','{"batch": 10, "feed": "neutrality", "source": "a.csv", "sha256": "00ff", "accepted": 2, "duplicate": 0, "quarantined": 1, "released": [], "sealed": {"rows": "82b79eba5022c97e22aee73ff01d3e8d", "quarantine": "0b3e9fd5e7bee6b133473ba0ebba0f7e", "batch": "4050cef54751c369635cd8b1de9a57ac"}}',1,'00e7173bc00ad8355ffab36c6d91f0edea8d9796d29a434de00e082c44035796');
INSERT INTO "audit" VALUES(12,1732672800000000,'operator','deliver','{"batch": 11, "feed": "merges", "source": "a.csv", "sha256": "00ff", "accepted": 2, "duplicate": 0, "quarantined": 1, "released": [], "sealed": {"rows": "0d13666bef06a588e85f74bd947bea34", "quarantine": "ccea023c09b31d8b929eaf1fd103b125", "batch": "face03f4263e01bd88f255e080ddf9fd"}}',1,'76d4546f40f482062815fa04ed6c58c6aeae727385d4cb3051ba9088d53c5f6c');
INSERT INTO "audit" VALUES(13,1732672800000000,'rekan','deliver','{"batch": 12, "feed": "merges", "source": "a.csv", "sha256": "00ff", "accepted": 0, "duplicate": 1, "quarantined": 1, "released": [], "repeats": 1, "waiting": [9], "sealed": {"repeats": "a0edd3d335bb1bd923cb53116b766a6c", "batch": "3705e8256628732e1e284f705edd8ef2"}}',1,'1f6fe4a89c0e8734f4a514c7982fdf4f358a8a476a8c7ffbcedb82f8adb05233');
INSERT INTO "audit" VALUES(14,1732680000000000,'kapolres','note','{"key": "siaga", "sealed": {"number": 1, "notes": "ba56ce648f50b218e2a7728942178e2b"}}',1,'418cfb7363243ab50c957c243306b450c41ccf9c4aac1a5846ed5b40efedfbac');
INSERT INTO "audit" VALUES(15,1732680000000000,'kapolres','note','{"key": "siaga", "sealed": {"number": 2, "notes": "e1e1b01e455a670a9ee200ee349d5cac"}}',1,'6108aca1970192fad095c0bb7db920d070fb1669f5117e2605bbc464805548d3');
INSERT INTO "audit" VALUES(16,1732669200000000,'admin','account','{"a": 1, "sealed": {"number": 1, "access": "f3725f90f922f9d4641dda3600c216fc"}}',0,'189c7287091fb9bb23882533723de307486d878acb8aaa7234053a837edd1584');
INSERT INTO "audit" VALUES(17,1732669200000000,'inbox','wait','{"kind": "file", "source": "asing.csv", "sha256": "asing.csv", "sealed": {"number": 1, "waiting": "e6d41796f72571663601784d87d8ed3a"}}',1,'2b7ff169877e63dce724ec6174ac29ce6bb51381e7cc6ca580b545df1cbf29fd');
INSERT INTO "audit" VALUES(18,1732669200000000,'inbox','wait','{"kind": "file", "source": "gambar.csv", "sha256": "gambar.csv", "sealed": {"number": 2, "waiting": "203cdaa08157fa32ccd4c7dc16ab84e8"}}',1,'83fa7542ee0536d79ec6dd9cd21902d860685f032132882651fe72f92ce787fb');
INSERT INTO "audit" VALUES(19,1732672800000000,'wati','settle','{"number": 2, "outcome": "dropped", "batch": null, "reason": "bukan laporan", "sealed": {"number": 1, "settlements": "b6af6d5a162b80bd49adc2f1bf746b61"}}',1,'c0bb5db64adb05eb5dafd660db1ed63395b45faf8b36539b76adc46cf6c3fe7a');
INSERT INTO "audit" VALUES(20,1732683600000000,'wati','sign-in','{"way": "sandi"}',0,'71b7996b77d268cbdca5a7374fd2c758103900a5a59892dac8d3956d03dcb90d');
CREATE TABLE batches (
	batch INTEGER NOT NULL, 
	feed TEXT NOT NULL, 
	source TEXT NOT NULL, 
	sha256 TEXT NOT NULL, 
	recorded_at BIGINT NOT NULL, 
	actor TEXT NOT NULL, 
	accepted BIGINT NOT NULL, 
	duplicate BIGINT NOT NULL, 
	quarantined BIGINT NOT NULL, 
	committed_at BIGINT NOT NULL, 
	marks BLOB NOT NULL, 
	PRIMARY KEY (batch)
);
INSERT INTO "batches" VALUES(1,'incidents','a.csv','00ff',1732672800000000,'operator',2,0,1,1732672800000000,X'F64B85CCD8A8E479834722E1');
INSERT INTO "batches" VALUES(2,'incidents','susulan é.csv','00ff',1732672800000000,'operator',1,0,0,1732672800000000,X'FF808F52');
INSERT INTO "batches" VALUES(3,'incidents','salah.csv','00ff',1732672800000000,'operator',1,0,1,1732672800000000,X'42877826C37CF411');
INSERT INTO "batches" VALUES(4,'incidents','ulang.csv','00ff',1732672800000000,'operator',1,0,1,1732676400000000,X'4B5E2E9B');
INSERT INTO "batches" VALUES(5,'tps','a.csv','00ff',1732672800000000,'operator',2,0,1,1732676400000000,X'CE27AC472509B612BB028E39');
INSERT INTO "batches" VALUES(6,'personnel','a.csv','00ff',1732672800000000,'operator',2,0,1,1732676400000000,X'DB658D8C0FDAA4D8EA6989D2');
INSERT INTO "batches" VALUES(7,'activities','a.csv','00ff',1732672800000000,'operator',2,0,1,1732676400000000,X'255DA4FBC9AB5C2C456A949A');
INSERT INTO "batches" VALUES(8,'roster','a.csv','00ff',1732672800000000,'operator',2,0,1,1732676400000000,X'22E935DDE4E09258C19928A6');
INSERT INTO "batches" VALUES(9,'postings','a.csv','00ff',1732672800000000,'operator',2,0,1,1732676400000000,X'1D70BC8321CE0911DCBC5BC0');
INSERT INTO "batches" VALUES(10,'neutrality','a.csv','00ff',1732672800000000,'operator',2,0,1,1732676400000000,X'99E3BB39692DD91262932973');
INSERT INTO "batches" VALUES(11,'merges','a.csv','00ff',1732672800000000,'operator',2,0,1,1732676400000000,X'CE8516B349D545A16156B17A');
INSERT INTO "batches" VALUES(12,'merges','a.csv','00ff',1732672800000000,'rekan',0,1,1,1732676400000000,X'');
CREATE TABLE feed_activities (
	seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	batch BIGINT NOT NULL, 
	"row" BIGINT NOT NULL, 
	recorded_at BIGINT NOT NULL, 
	known_at BIGINT NOT NULL, 
	digest BLOB NOT NULL, 
	round INTEGER NOT NULL, 
	id TEXT, 
	occurred_at BIGINT, 
	precision TEXT, 
	reported_at BIGINT, 
	kecamatan TEXT, 
	desa TEXT, 
	desa_text TEXT, 
	tps TEXT, 
	giat TEXT, 
	fungsi TEXT, 
	status TEXT, 
	tahapan TEXT, 
	sop TEXT, 
	mitra TEXT, 
	lokasi TEXT, 
	jumlah TEXT, 
	uraian TEXT, 
	pelapor TEXT, 
	sumber TEXT, 
	flags TEXT, 
	latihan BOOLEAN NOT NULL, 
	UNIQUE (digest, round)
);
INSERT INTO "feed_activities" VALUES(1,7,2,1732672800000000,1732669560000000,X'84C19DE57BD887B384F535AFE25612BC',0,'r-1',1732669200000000,'menit',1732669500000000,'16.10.04',NULL,'Tanjung Seteko',NULL,NULL,NULL,'dilaporkan',NULL,NULL,NULL,NULL,NULL,'Surat suara kurang satu kotak',NULL,NULL,NULL,0);
INSERT INTO "feed_activities" VALUES(2,7,3,1732672800000000,1732669560000000,X'D928BC333A60B4BE096AC0DCF85C5932',0,'r-2',1732669200000000,'menit',1732669500000000,'16.10.04',NULL,'Tanjung Seteko',NULL,NULL,NULL,'dilaporkan',NULL,NULL,NULL,NULL,NULL,'Surat suara kurang satu kotak',NULL,NULL,NULL,0);
CREATE TABLE feed_incidents (
	seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	batch BIGINT NOT NULL, 
	"row" BIGINT NOT NULL, 
	recorded_at BIGINT NOT NULL, 
	known_at BIGINT NOT NULL, 
	digest BLOB NOT NULL, 
	round INTEGER NOT NULL, 
	id TEXT, 
	occurred_at BIGINT, 
	precision TEXT, 
	reported_at BIGINT, 
	kecamatan TEXT, 
	desa TEXT, 
	desa_text TEXT, 
	tps TEXT, 
	lat DOUBLE, 
	lon DOUBLE, 
	jenis TEXT, 
	tingkat TEXT, 
	situasi TEXT, 
	status TEXT, 
	uraian TEXT, 
	keandalan TEXT, 
	kredibilitas TEXT, 
	ditugaskan TEXT, 
	rujukan TEXT, 
	teks_asli TEXT, 
	pelapor TEXT, 
	sumber TEXT, 
	flags TEXT, 
	latihan BOOLEAN NOT NULL, 
	UNIQUE (digest, round)
);
INSERT INTO "feed_incidents" VALUES(1,1,2,1732672800000000,1732669560000000,X'B8C12EDA9DC415DF37C049BA60DB0ACA',0,'r-1',1732669200000000,'menit',1732669500000000,'16.10.04',NULL,'Tanjung Seteko',NULL,-3.21,104.65,'logistik','rendah',NULL,'dilaporkan','Surat suara kurang satu kotak',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0);
INSERT INTO "feed_incidents" VALUES(2,1,3,1732672800000000,1732669560000000,X'B5C97B2C443353C1642F602872D63CCB',0,'r-2',1732669200000000,'menit',1732669500000000,'16.10.04',NULL,'Tanjung Seteko',NULL,-3.21,104.65,'logistik','rendah',NULL,'dilaporkan','Surat suara kurang satu kotak',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0);
INSERT INTO "feed_incidents" VALUES(3,2,2,1732672800000000,1732669560000000,X'7D764F72224D010A890C7CD475250056',0,'r-3',1732669200000000,'menit',1732669500000000,'16.10.04',NULL,'Tanjung Seteko',NULL,-3.21,104.65,'logistik','rendah',NULL,'dilaporkan','Surat suara kurang satu kotak',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0);
INSERT INTO "feed_incidents" VALUES(4,3,2,1732672800000000,1732669560000000,X'77B0D8000E8ED31BD45ED4E98E81D4D4',0,'r-4',1732669200000000,'menit',1732669500000000,'16.10.04',NULL,'Tanjung Seteko',NULL,-3.21,104.65,'logistik','rendah',NULL,'dilaporkan','Surat suara kurang satu kotak',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0);
INSERT INTO "feed_incidents" VALUES(5,4,2,1732672800000000,1732669560000000,X'77B0D8000E8ED31BD45ED4E98E81D4D4',1,'r-4',1732669200000000,'menit',1732669500000000,'16.10.04',NULL,'Tanjung Seteko',NULL,-3.21,104.65,'logistik','rendah',NULL,'dilaporkan','Surat suara kurang satu kotak',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0);
CREATE TABLE feed_merges (
	seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	batch BIGINT NOT NULL, 
	"row" BIGINT NOT NULL, 
	recorded_at BIGINT NOT NULL, 
	known_at BIGINT NOT NULL, 
	digest BLOB NOT NULL, 
	round INTEGER NOT NULL, 
	id TEXT, 
	occurred_at BIGINT, 
	precision TEXT, 
	reported_at BIGINT, 
	kecamatan TEXT, 
	kasus TEXT, 
	ke TEXT, 
	tindakan TEXT, 
	alasan_gabung TEXT, 
	pelapor TEXT, 
	sumber TEXT, 
	flags TEXT, 
	latihan BOOLEAN NOT NULL, 
	UNIQUE (digest, round)
);
INSERT INTO "feed_merges" VALUES(1,11,2,1732672800000000,1732669560000000,X'1F585CF6573D1BD0371E90D52D6044CA',0,'r-1',1732669200000000,'menit',1732669500000000,'16.10.04',NULL,NULL,NULL,NULL,NULL,NULL,NULL,0);
INSERT INTO "feed_merges" VALUES(2,11,3,1732672800000000,1732669560000000,X'CD8EFC9BBFA2C39B83B81361E26B86CF',0,'r-2',1732669200000000,'menit',1732669500000000,'16.10.04',NULL,NULL,NULL,NULL,NULL,NULL,NULL,0);
CREATE TABLE feed_neutrality (
	seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	batch BIGINT NOT NULL, 
	"row" BIGINT NOT NULL, 
	recorded_at BIGINT NOT NULL, 
	known_at BIGINT NOT NULL, 
	digest BLOB NOT NULL, 
	round INTEGER NOT NULL, 
	id TEXT, 
	occurred_at BIGINT, 
	precision TEXT, 
	reported_at BIGINT, 
	kecamatan TEXT, 
	pelanggaran TEXT, 
	asal TEXT, 
	langkah TEXT, 
	kelas TEXT, 
	sanksi TEXT, 
	satuan TEXT, 
	uraian TEXT, 
	pelapor TEXT, 
	sumber TEXT, 
	flags TEXT, 
	latihan BOOLEAN NOT NULL, 
	UNIQUE (digest, round)
);
INSERT INTO "feed_neutrality" VALUES(1,10,2,1732672800000000,1732669560000000,X'0652DB282D19514C85A4E9B244291DF9',0,'r-1',1732669200000000,'menit',1732669500000000,'16.10.04',NULL,NULL,NULL,NULL,NULL,NULL,'Surat suara kurang satu kotak',NULL,NULL,NULL,0);
INSERT INTO "feed_neutrality" VALUES(2,10,3,1732672800000000,1732669560000000,X'F20925D352FC91B3ED732D712CE6A12A',0,'r-2',1732669200000000,'menit',1732669500000000,'16.10.04',NULL,NULL,NULL,NULL,NULL,NULL,'Surat suara kurang satu kotak',NULL,NULL,NULL,0);
CREATE TABLE feed_personnel (
	seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	batch BIGINT NOT NULL, 
	"row" BIGINT NOT NULL, 
	recorded_at BIGINT NOT NULL, 
	known_at BIGINT NOT NULL, 
	digest BLOB NOT NULL, 
	round INTEGER NOT NULL, 
	id TEXT, 
	occurred_at BIGINT, 
	precision TEXT, 
	reported_at BIGINT, 
	kecamatan TEXT, 
	desa TEXT, 
	desa_text TEXT, 
	tps TEXT, 
	petugas TEXT, 
	instansi TEXT, 
	checkin TEXT, 
	uraian TEXT, 
	teks_asli TEXT, 
	pelapor TEXT, 
	sumber TEXT, 
	flags TEXT, 
	latihan BOOLEAN NOT NULL, 
	UNIQUE (digest, round)
);
INSERT INTO "feed_personnel" VALUES(1,6,2,1732672800000000,1732669560000000,X'8113EB63805524BACEF967FED43D7A39',0,'r-1',1732669200000000,'menit',1732669500000000,'16.10.04',NULL,'Tanjung Seteko',NULL,NULL,NULL,NULL,'Surat suara kurang satu kotak',NULL,NULL,NULL,NULL,0);
INSERT INTO "feed_personnel" VALUES(2,6,3,1732672800000000,1732669560000000,X'F8445B3CC63E5AEDB962C2F688333629',0,'r-2',1732669200000000,'menit',1732669500000000,'16.10.04',NULL,'Tanjung Seteko',NULL,NULL,NULL,NULL,'Surat suara kurang satu kotak',NULL,NULL,NULL,NULL,0);
CREATE TABLE feed_postings (
	seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	batch BIGINT NOT NULL, 
	"row" BIGINT NOT NULL, 
	recorded_at BIGINT NOT NULL, 
	known_at BIGINT NOT NULL, 
	digest BLOB NOT NULL, 
	round INTEGER NOT NULL, 
	id TEXT, 
	occurred_at BIGINT, 
	precision TEXT, 
	reported_at BIGINT, 
	kecamatan TEXT, 
	desa TEXT, 
	desa_text TEXT, 
	tps TEXT, 
	petugas TEXT, 
	nrp TEXT, 
	penugasan TEXT, 
	lokasi TEXT, 
	uraian TEXT, 
	pelapor TEXT, 
	sumber TEXT, 
	flags TEXT, 
	latihan BOOLEAN NOT NULL, 
	UNIQUE (digest, round)
);
INSERT INTO "feed_postings" VALUES(1,9,2,1732672800000000,1732669560000000,X'8113EB63805524BACEF967FED43D7A39',0,'r-1',1732669200000000,'menit',1732669500000000,'16.10.04',NULL,'Tanjung Seteko',NULL,NULL,NULL,NULL,NULL,'Surat suara kurang satu kotak',NULL,NULL,NULL,0);
INSERT INTO "feed_postings" VALUES(2,9,3,1732672800000000,1732669560000000,X'F8445B3CC63E5AEDB962C2F688333629',0,'r-2',1732669200000000,'menit',1732669500000000,'16.10.04',NULL,'Tanjung Seteko',NULL,NULL,NULL,NULL,NULL,'Surat suara kurang satu kotak',NULL,NULL,NULL,0);
CREATE TABLE feed_roster (
	seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	batch BIGINT NOT NULL, 
	"row" BIGINT NOT NULL, 
	recorded_at BIGINT NOT NULL, 
	known_at BIGINT NOT NULL, 
	digest BLOB NOT NULL, 
	round INTEGER NOT NULL, 
	id TEXT, 
	occurred_at BIGINT, 
	precision TEXT, 
	reported_at BIGINT, 
	kecamatan TEXT, 
	petugas TEXT, 
	nrp TEXT, 
	nama TEXT, 
	pangkat TEXT, 
	satuan TEXT, 
	instansi TEXT, 
	uraian TEXT, 
	pelapor TEXT, 
	sumber TEXT, 
	flags TEXT, 
	latihan BOOLEAN NOT NULL, 
	UNIQUE (digest, round)
);
INSERT INTO "feed_roster" VALUES(1,8,2,1732672800000000,1732669560000000,X'0652DB282D19514C85A4E9B244291DF9',0,'r-1',1732669200000000,'menit',1732669500000000,'16.10.04',NULL,NULL,NULL,NULL,NULL,NULL,'Surat suara kurang satu kotak',NULL,NULL,NULL,0);
INSERT INTO "feed_roster" VALUES(2,8,3,1732672800000000,1732669560000000,X'F20925D352FC91B3ED732D712CE6A12A',0,'r-2',1732669200000000,'menit',1732669500000000,'16.10.04',NULL,NULL,NULL,NULL,NULL,NULL,'Surat suara kurang satu kotak',NULL,NULL,NULL,0);
CREATE TABLE feed_tps (
	seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	batch BIGINT NOT NULL, 
	"row" BIGINT NOT NULL, 
	recorded_at BIGINT NOT NULL, 
	known_at BIGINT NOT NULL, 
	digest BLOB NOT NULL, 
	round INTEGER NOT NULL, 
	id TEXT, 
	occurred_at BIGINT, 
	precision TEXT, 
	reported_at BIGINT, 
	kecamatan TEXT, 
	desa TEXT, 
	desa_text TEXT, 
	tps TEXT, 
	fase TEXT, 
	hadir BIGINT, 
	hadir_dpt BIGINT, 
	hadir_dptb BIGINT, 
	hadir_dpk BIGINT, 
	lingkup TEXT, 
	kontak TEXT, 
	pengawal TEXT, 
	uraian TEXT, 
	teks_asli TEXT, 
	pelapor TEXT, 
	sumber TEXT, 
	flags TEXT, 
	latihan BOOLEAN NOT NULL, 
	UNIQUE (digest, round)
);
INSERT INTO "feed_tps" VALUES(1,5,2,1732672800000000,1732669560000000,X'31AF0D831BF6A47F5FCBDEB3440AD8B5',0,'r-1',1732669200000000,'menit',1732669500000000,'16.10.04',NULL,'Tanjung Seteko',NULL,NULL,120,NULL,NULL,NULL,NULL,NULL,NULL,'Surat suara kurang satu kotak',NULL,NULL,NULL,NULL,0);
INSERT INTO "feed_tps" VALUES(2,5,3,1732672800000000,1732669560000000,X'5208BBF41EB044130C9A82206273D829',0,'r-2',1732669200000000,'menit',1732669500000000,'16.10.04',NULL,'Tanjung Seteko',NULL,NULL,120,NULL,NULL,NULL,NULL,NULL,NULL,'Surat suara kurang satu kotak',NULL,NULL,NULL,NULL,0);
CREATE TABLE notes (
	seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	"key" TEXT NOT NULL, 
	value TEXT NOT NULL, 
	at BIGINT NOT NULL, 
	actor TEXT NOT NULL
);
INSERT INTO "notes" VALUES(1,'siaga','{"tingkat": 1}',1732680000000000,'kapolres');
INSERT INTO "notes" VALUES(2,'siaga','{"tingkat": 2}',1732680000000000,'kapolres');
CREATE TABLE quarantine (
	seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	batch BIGINT NOT NULL, 
	feed TEXT NOT NULL, 
	source TEXT NOT NULL, 
	"row" BIGINT NOT NULL, 
	raw TEXT NOT NULL, 
	reasons TEXT NOT NULL, 
	recorded_at BIGINT NOT NULL, 
	digest BLOB NOT NULL, 
	round BIGINT, 
	UNIQUE (digest)
);
INSERT INTO "quarantine" VALUES(1,1,'incidents','a.csv',9,'{"x": "incidents"}','["Satu.", "Dua."]',1732672800000000,X'B4BF20DFA68435C7FA0534BD5837148C',0);
INSERT INTO "quarantine" VALUES(2,3,'incidents','salah.csv',9,'{"x": "incidents"}','["Satu.", "Dua."]',1732672800000000,X'1AFB878CB7E8CC548282C1786BD1E2E6',1);
INSERT INTO "quarantine" VALUES(3,5,'tps','a.csv',9,'{"x": "tps"}','["Satu.", "Dua."]',1732672800000000,X'3AD95F23A9445123D1B8FF1F3EB8E4CC',0);
INSERT INTO "quarantine" VALUES(4,6,'personnel','a.csv',9,'{"x": "personnel"}','["Satu.", "Dua."]',1732672800000000,X'BF5F10E781952E6BFFA65B9E8FEF90A0',0);
INSERT INTO "quarantine" VALUES(5,7,'activities','a.csv',9,'{"x": "activities"}','["Satu.", "Dua."]',1732672800000000,X'635A684A13AD03CC187FD8B7952B3CC8',0);
INSERT INTO "quarantine" VALUES(6,8,'roster','a.csv',9,'{"x": "roster"}','["Satu.", "Dua."]',1732672800000000,X'5CAC951056BD1670A2DEA18716FC948E',0);
INSERT INTO "quarantine" VALUES(7,9,'postings','a.csv',9,'{"x": "postings"}','["Satu.", "Dua."]',1732672800000000,X'C2F843E3447FF5BB64F3EA7BC20B3624',0);
INSERT INTO "quarantine" VALUES(8,10,'neutrality','a.csv',9,'{"x": "neutrality"}','["Satu.", "Dua."]',1732672800000000,X'DF3622072DE67D90AED9D845CEEC12D3',0);
INSERT INTO "quarantine" VALUES(9,11,'merges','a.csv',9,'{"x": "merges"}','["Satu.", "Dua."]',1732672800000000,X'3C2B9384F76F6E1119E80C9F189D240A',0);
CREATE TABLE releases (
	seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	number BIGINT NOT NULL, 
	batch BIGINT NOT NULL, 
	recorded_at BIGINT NOT NULL
);
INSERT INTO "releases" VALUES(1,1,2,1732672800000000);
CREATE TABLE repeats (
	seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	batch BIGINT NOT NULL, 
	feed TEXT NOT NULL, 
	row_seq BIGINT NOT NULL, 
	UNIQUE (feed, row_seq, batch)
);
INSERT INTO "repeats" VALUES(1,12,'merges',1);
CREATE TABLE settlements (
	seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	number BIGINT NOT NULL, 
	outcome TEXT NOT NULL, 
	detail TEXT NOT NULL, 
	batch BIGINT, 
	recorded_at BIGINT NOT NULL, 
	actor TEXT NOT NULL
);
INSERT INTO "settlements" VALUES(1,2,'dropped','{"reason": "bukan laporan"}',NULL,1732672800000000,'wati');
CREATE TABLE waiting (
	seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	kind TEXT NOT NULL, 
	source TEXT NOT NULL, 
	sha256 TEXT NOT NULL, 
	recorded_at BIGINT NOT NULL, 
	actor TEXT NOT NULL, 
	note TEXT NOT NULL, 
	content BLOB NOT NULL, 
	round BIGINT NOT NULL, 
	UNIQUE (kind, sha256, round)
);
INSERT INTO "waiting" VALUES(1,'file','asing.csv','asing.csv',1732669200000000,'inbox','{"why": "\u00e9"}',X'789C8B8E564A54D2318C8D05000C4C0273',0);
INSERT INTO "waiting" VALUES(2,'file','gambar.csv','gambar.csv',1732669200000000,'inbox','{"why": "\u00e9"}',X'789C8B8E564A54D2318C8D05000C4C0273',0);
CREATE TABLE withdrawals (
	seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	feed TEXT NOT NULL, 
	row_seq BIGINT NOT NULL, 
	batch BIGINT NOT NULL, 
	recorded_at BIGINT NOT NULL, 
	digest BLOB NOT NULL, 
	UNIQUE (feed, row_seq)
);
INSERT INTO "withdrawals" VALUES(1,'incidents',4,3,1732676400000000,X'77B0D8000E8ED31BD45ED4E98E81D4D4');
CREATE TABLE withdrawn_batches (
	seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	batch BIGINT NOT NULL, 
	recorded_at BIGINT NOT NULL, 
	committed_at BIGINT NOT NULL, 
	first BIGINT NOT NULL, 
	rows BIGINT NOT NULL, 
	UNIQUE (batch)
);
INSERT INTO "withdrawn_batches" VALUES(1,3,1732676400000000,1732676400000000,1,1);
CREATE INDEX repeats_by_batch ON repeats (batch);
CREATE INDEX withdrawals_by_content ON withdrawals (feed, digest);
CREATE INDEX withdrawals_by_batch ON withdrawals (batch);
CREATE INDEX releases_by_number ON releases (number);
CREATE INDEX settlements_by_number ON settlements (number);
CREATE INDEX notes_by_key ON notes ("key", seq);
CREATE INDEX audit_by_moves ON audit (moves, seq);
CREATE INDEX access_by_name ON access (kind, name, seq);
CREATE TRIGGER access_no_update BEFORE UPDATE ON access BEGIN SELECT RAISE(ABORT, 'access is append-only'); END;
CREATE TRIGGER access_no_delete BEFORE DELETE ON access BEGIN SELECT RAISE(ABORT, 'access is append-only'); END;
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;
CREATE TRIGGER batches_no_update BEFORE UPDATE ON batches BEGIN SELECT RAISE(ABORT, 'batches is append-only'); END;
CREATE TRIGGER batches_no_delete BEFORE DELETE ON batches BEGIN SELECT RAISE(ABORT, 'batches is append-only'); END;
CREATE TRIGGER feed_activities_no_update BEFORE UPDATE ON feed_activities BEGIN SELECT RAISE(ABORT, 'feed_activities is append-only'); END;
CREATE TRIGGER feed_activities_no_delete BEFORE DELETE ON feed_activities BEGIN SELECT RAISE(ABORT, 'feed_activities is append-only'); END;
CREATE TRIGGER feed_incidents_no_update BEFORE UPDATE ON feed_incidents BEGIN SELECT RAISE(ABORT, 'feed_incidents is append-only'); END;
CREATE TRIGGER feed_incidents_no_delete BEFORE DELETE ON feed_incidents BEGIN SELECT RAISE(ABORT, 'feed_incidents is append-only'); END;
CREATE TRIGGER feed_merges_no_update BEFORE UPDATE ON feed_merges BEGIN SELECT RAISE(ABORT, 'feed_merges is append-only'); END;
CREATE TRIGGER feed_merges_no_delete BEFORE DELETE ON feed_merges BEGIN SELECT RAISE(ABORT, 'feed_merges is append-only'); END;
CREATE TRIGGER feed_neutrality_no_update BEFORE UPDATE ON feed_neutrality BEGIN SELECT RAISE(ABORT, 'feed_neutrality is append-only'); END;
CREATE TRIGGER feed_neutrality_no_delete BEFORE DELETE ON feed_neutrality BEGIN SELECT RAISE(ABORT, 'feed_neutrality is append-only'); END;
CREATE TRIGGER feed_personnel_no_update BEFORE UPDATE ON feed_personnel BEGIN SELECT RAISE(ABORT, 'feed_personnel is append-only'); END;
CREATE TRIGGER feed_personnel_no_delete BEFORE DELETE ON feed_personnel BEGIN SELECT RAISE(ABORT, 'feed_personnel is append-only'); END;
CREATE TRIGGER feed_postings_no_update BEFORE UPDATE ON feed_postings BEGIN SELECT RAISE(ABORT, 'feed_postings is append-only'); END;
CREATE TRIGGER feed_postings_no_delete BEFORE DELETE ON feed_postings BEGIN SELECT RAISE(ABORT, 'feed_postings is append-only'); END;
CREATE TRIGGER feed_roster_no_update BEFORE UPDATE ON feed_roster BEGIN SELECT RAISE(ABORT, 'feed_roster is append-only'); END;
CREATE TRIGGER feed_roster_no_delete BEFORE DELETE ON feed_roster BEGIN SELECT RAISE(ABORT, 'feed_roster is append-only'); END;
CREATE TRIGGER feed_tps_no_update BEFORE UPDATE ON feed_tps BEGIN SELECT RAISE(ABORT, 'feed_tps is append-only'); END;
CREATE TRIGGER feed_tps_no_delete BEFORE DELETE ON feed_tps BEGIN SELECT RAISE(ABORT, 'feed_tps is append-only'); END;
CREATE TRIGGER notes_no_update BEFORE UPDATE ON notes BEGIN SELECT RAISE(ABORT, 'notes is append-only'); END;
CREATE TRIGGER notes_no_delete BEFORE DELETE ON notes BEGIN SELECT RAISE(ABORT, 'notes is append-only'); END;
CREATE TRIGGER quarantine_no_update BEFORE UPDATE ON quarantine BEGIN SELECT RAISE(ABORT, 'quarantine is append-only'); END;
CREATE TRIGGER quarantine_no_delete BEFORE DELETE ON quarantine BEGIN SELECT RAISE(ABORT, 'quarantine is append-only'); END;
CREATE TRIGGER releases_no_update BEFORE UPDATE ON releases BEGIN SELECT RAISE(ABORT, 'releases is append-only'); END;
CREATE TRIGGER releases_no_delete BEFORE DELETE ON releases BEGIN SELECT RAISE(ABORT, 'releases is append-only'); END;
CREATE TRIGGER repeats_no_update BEFORE UPDATE ON repeats BEGIN SELECT RAISE(ABORT, 'repeats is append-only'); END;
CREATE TRIGGER repeats_no_delete BEFORE DELETE ON repeats BEGIN SELECT RAISE(ABORT, 'repeats is append-only'); END;
CREATE TRIGGER settlements_no_update BEFORE UPDATE ON settlements BEGIN SELECT RAISE(ABORT, 'settlements is append-only'); END;
CREATE TRIGGER settlements_no_delete BEFORE DELETE ON settlements BEGIN SELECT RAISE(ABORT, 'settlements is append-only'); END;
CREATE TRIGGER waiting_no_update BEFORE UPDATE ON waiting BEGIN SELECT RAISE(ABORT, 'waiting is append-only'); END;
CREATE TRIGGER waiting_no_delete BEFORE DELETE ON waiting BEGIN SELECT RAISE(ABORT, 'waiting is append-only'); END;
CREATE TRIGGER withdrawals_no_update BEFORE UPDATE ON withdrawals BEGIN SELECT RAISE(ABORT, 'withdrawals is append-only'); END;
CREATE TRIGGER withdrawals_no_delete BEFORE DELETE ON withdrawals BEGIN SELECT RAISE(ABORT, 'withdrawals is append-only'); END;
CREATE TRIGGER withdrawn_batches_no_update BEFORE UPDATE ON withdrawn_batches BEGIN SELECT RAISE(ABORT, 'withdrawn_batches is append-only'); END;
CREATE TRIGGER withdrawn_batches_no_delete BEFORE DELETE ON withdrawn_batches BEGIN SELECT RAISE(ABORT, 'withdrawn_batches is append-only'); END;
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('feed_incidents',5);
INSERT INTO "sqlite_sequence" VALUES('quarantine',9);
INSERT INTO "sqlite_sequence" VALUES('audit',20);
INSERT INTO "sqlite_sequence" VALUES('releases',1);
INSERT INTO "sqlite_sequence" VALUES('withdrawals',1);
INSERT INTO "sqlite_sequence" VALUES('withdrawn_batches',1);
INSERT INTO "sqlite_sequence" VALUES('feed_tps',2);
INSERT INTO "sqlite_sequence" VALUES('feed_personnel',2);
INSERT INTO "sqlite_sequence" VALUES('feed_activities',2);
INSERT INTO "sqlite_sequence" VALUES('feed_roster',2);
INSERT INTO "sqlite_sequence" VALUES('feed_postings',2);
INSERT INTO "sqlite_sequence" VALUES('feed_neutrality',2);
INSERT INTO "sqlite_sequence" VALUES('feed_merges',3);
INSERT INTO "sqlite_sequence" VALUES('repeats',1);
INSERT INTO "sqlite_sequence" VALUES('notes',2);
INSERT INTO "sqlite_sequence" VALUES('access',1);
INSERT INTO "sqlite_sequence" VALUES('waiting',2);
INSERT INTO "sqlite_sequence" VALUES('settlements',1);
COMMIT;
