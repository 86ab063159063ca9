-- Schema 4, as the board made it, with rows it stored. Never changed: stores of that time are opened by it.
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
INSERT INTO "alembic_version" VALUES('0004');
CREATE TABLE audit (
	seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	at BIGINT NOT NULL, 
	actor TEXT NOT NULL, 
	action TEXT NOT NULL, 
	detail TEXT NOT NULL, 
	moves BOOLEAN NOT NULL, 
	chain TEXT NOT NULL
);
INSERT INTO "audit" VALUES(1,1732672800000000,'operator','deliver','{"batch": 1, "feed": "incidents", "source": "a.csv", "sha256": "00ff", "accepted": 2, "duplicate": 0, "quarantined": 1, "released": []}',1,'26e7d856a2159a23cea98a3078637cbe68c28daafdbe1f5aa8f086396d601dac');
INSERT INTO "audit" VALUES(2,1732672800000000,'operator','deliver','{"batch": 2, "feed": "incidents", "source": "susulan \u00e9.csv", "sha256": "00ff", "accepted": 1, "duplicate": 0, "quarantined": 0, "released": [1]}',1,'d55015a097cd8802c84c383e09b8d0731af50b58247dd8b2127c9f398116f055');
INSERT INTO "audit" VALUES(3,1732672800000000,'operator','deliver','{"batch": 3, "feed": "incidents", "source": "salah.csv", "sha256": "00ff", "accepted": 1, "duplicate": 0, "quarantined": 1, "released": []}',1,'b99b16a85361eb6ddef5d114ea6098997087422ef11adaaf3a7aed57d42a8574');
INSERT INTO "audit" VALUES(4,1732676400000000,'operator','withdraw','{"batch": 3, "rows": 1, "reason": "salah kirim"}',1,'21a16cc96329c27b8c307329aae6547bc15dd5a5b59ee21d2a351eb14f0550a6');
INSERT INTO "audit" VALUES(5,1732672800000000,'operator','deliver','{"batch": 4, "feed": "incidents", "source": "ulang.csv", "sha256": "00ff", "accepted": 1, "duplicate": 0, "quarantined": 1, "released": []}',1,'b816622f4351dfbf9f861b9b26d346c197054f2dcdcf4331bf6a2e5d1915e0cd');
INSERT INTO "audit" VALUES(6,1732672800000000,'operator','deliver','{"batch": 5, "feed": "tps", "source": "a.csv", "sha256": "00ff", "accepted": 2, "duplicate": 0, "quarantined": 1, "released": []}',1,'3c84bc3ab84a9b1e975f3b4c89bbe605ddaec9c12630f337788e833b53f27f84');
INSERT INTO "audit" VALUES(7,1732672800000000,'operator','deliver','{"batch": 6, "feed": "personnel", "source": "a.csv", "sha256": "00ff", "accepted": 2, "duplicate": 0, "quarantined": 1, "released": []}',1,'75e81ea6958d9412ca71cef4c4f9a1e9a58498373f723e8f7a9fa29aa660af89');
INSERT INTO "audit" VALUES(8,1732672800000000,'operator','deliver','{"batch": 7, "feed": "activities", "source": "a.csv", "sha256": "00ff", "accepted": 2, "duplicate": 0, "quarantined": 1, "released": []}',1,'98791e1e16f8a57d32c9e219e393e475e229137b835e066dfb6196105fe456dd');
INSERT INTO "audit" VALUES(9,1732672800000000,'operator','deliver','{"batch": 8, "feed": "roster", "source": "a.csv", "sha256": "00ff", "accepted": 2, "duplicate": 0, "quarantined": 1, "released": []}',1,'a71e9e1e829d48cf40a5ba35c69e8a8c17b2811451c95d19d20cb915a9c9db19');
INSERT INTO "audit" VALUES(10,1732672800000000,'operator','deliver','{"batch": 9, "feed": "postings", "source": "a.csv", "sha256": "00ff", "accepted": 2, "duplicate": 0, "quarantined": 1, "released": []}',1,'83d994ea2692a77ecf512b9ed95aa6acba6ca6c3b994af63cc5c31b05f84a3e5');
INSERT INTO "audit" VALUES(11,1732672800000000,'operator','deliver','{"batch": 10, "feed": "neutrality", "source": "a.csv", "sha256": "00ff", "accepted": 2, "duplicate": 0, "quarantined": 1, "released": []}',1,'35573483e87f73a4083c10451e0b39e4bb2fca2ea77f048ef61beb42bb60bff0');
INSERT INTO "audit" VALUES(12,1732672800000000,'operator','deliver','{"batch": 11, "feed": "merges", "source": "a.csv", "sha256": "00ff", "accepted": 2, "duplicate": 0, "quarantined": 1, "released": []}',1,'3bbbf22a05c517178c5bfe225b32b423b98c7409f8580dfc849a0b627fa6fc39');
INSERT INTO "audit" VALUES(13,1732680000000000,'kapolres','note','{"key": "siaga"}',1,'299fb9ab126c181ae8f553db51bc3d15add415b21eddfc722c5ba03b8db5cad2');
INSERT INTO "audit" VALUES(14,1732680000000000,'kapolres','note','{"key": "siaga"}',1,'44667c85ecc3dad610f0289af634c7e447a86f9e788d3dd34141bd4a32b71783');
INSERT INTO "audit" VALUES(15,1732669200000000,'admin','account','{"a": 1}',0,'de58f068c00148a157c4a2fba1e5d40a1d75595718a04d00f7250b21da5923e3');
INSERT INTO "audit" VALUES(16,1732683600000000,'wati','sign-in','{"way": "sandi"}',0,'a0bbe1f5361e66e90c17a5321f99c03b5890039e516c5b21bd844df18fab3094');
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
	PRIMARY KEY (batch)
);
INSERT INTO "batches" VALUES(1,'incidents','a.csv','00ff',1732672800000000,'operator',2,0,1);
INSERT INTO "batches" VALUES(2,'incidents','susulan é.csv','00ff',1732672800000000,'operator',1,0,0);
INSERT INTO "batches" VALUES(3,'incidents','salah.csv','00ff',1732672800000000,'operator',1,0,1);
INSERT INTO "batches" VALUES(4,'incidents','ulang.csv','00ff',1732672800000000,'operator',1,0,1);
INSERT INTO "batches" VALUES(5,'tps','a.csv','00ff',1732672800000000,'operator',2,0,1);
INSERT INTO "batches" VALUES(6,'personnel','a.csv','00ff',1732672800000000,'operator',2,0,1);
INSERT INTO "batches" VALUES(7,'activities','a.csv','00ff',1732672800000000,'operator',2,0,1);
INSERT INTO "batches" VALUES(8,'roster','a.csv','00ff',1732672800000000,'operator',2,0,1);
INSERT INTO "batches" VALUES(9,'postings','a.csv','00ff',1732672800000000,'operator',2,0,1);
INSERT INTO "batches" VALUES(10,'neutrality','a.csv','00ff',1732672800000000,'operator',2,0,1);
INSERT INTO "batches" VALUES(11,'merges','a.csv','00ff',1732672800000000,'operator',2,0,1);
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
	penugasan TEXT, 
	lokasi TEXT, 
	uraian TEXT, 
	pelapor TEXT, 
	sumber TEXT, 
	flags TEXT, 
	latihan BOOLEAN NOT NULL, 
	UNIQUE (digest, round)
);
INSERT INTO "feed_postings" VALUES(1,9,2,1732672800000000,1732669560000000,X'8113EB63805524BACEF967FED43D7A39',0,'r-1',1732669200000000,'menit',1732669500000000,'16.10.04',NULL,'Tanjung Seteko',NULL,NULL,NULL,NULL,'Surat suara kurang satu kotak',NULL,NULL,NULL,0);
INSERT INTO "feed_postings" VALUES(2,9,3,1732672800000000,1732669560000000,X'F8445B3CC63E5AEDB962C2F688333629',0,'r-2',1732669200000000,'menit',1732669500000000,'16.10.04',NULL,'Tanjung Seteko',NULL,NULL,NULL,NULL,'Surat suara kurang satu kotak',NULL,NULL,NULL,0);
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
INSERT INTO "feed_roster" VALUES(1,8,2,1732672800000000,1732669560000000,X'0652DB282D19514C85A4E9B244291DF9',0,'r-1',1732669200000000,'menit',1732669500000000,'16.10.04',NULL,NULL,NULL,NULL,NULL,'Surat suara kurang satu kotak',NULL,NULL,NULL,0);
INSERT INTO "feed_roster" VALUES(2,8,3,1732672800000000,1732669560000000,X'F20925D352FC91B3ED732D712CE6A12A',0,'r-2',1732669200000000,'menit',1732669500000000,'16.10.04',NULL,NULL,NULL,NULL,NULL,'Surat suara kurang satu kotak',NULL,NULL,NULL,0);
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
	UNIQUE (digest)
);
INSERT INTO "quarantine" VALUES(1,1,'incidents','a.csv',9,'{"x": "incidents"}','["Satu.", "Dua."]',1732672800000000,X'B4BF20DFA68435C7FA0534BD5837148C');
INSERT INTO "quarantine" VALUES(4,5,'tps','a.csv',9,'{"x": "tps"}','["Satu.", "Dua."]',1732672800000000,X'3AD95F23A9445123D1B8FF1F3EB8E4CC');
INSERT INTO "quarantine" VALUES(5,6,'personnel','a.csv',9,'{"x": "personnel"}','["Satu.", "Dua."]',1732672800000000,X'BF5F10E781952E6BFFA65B9E8FEF90A0');
INSERT INTO "quarantine" VALUES(6,7,'activities','a.csv',9,'{"x": "activities"}','["Satu.", "Dua."]',1732672800000000,X'635A684A13AD03CC187FD8B7952B3CC8');
INSERT INTO "quarantine" VALUES(7,8,'roster','a.csv',9,'{"x": "roster"}','["Satu.", "Dua."]',1732672800000000,X'5CAC951056BD1670A2DEA18716FC948E');
INSERT INTO "quarantine" VALUES(8,9,'postings','a.csv',9,'{"x": "postings"}','["Satu.", "Dua."]',1732672800000000,X'C2F843E3447FF5BB64F3EA7BC20B3624');
INSERT INTO "quarantine" VALUES(9,10,'neutrality','a.csv',9,'{"x": "neutrality"}','["Satu.", "Dua."]',1732672800000000,X'DF3622072DE67D90AED9D845CEEC12D3');
INSERT INTO "quarantine" VALUES(10,11,'merges','a.csv',9,'{"x": "merges"}','["Satu.", "Dua."]',1732672800000000,X'3C2B9384F76F6E1119E80C9F189D240A');
CREATE TABLE releases (
	seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	number BIGINT NOT NULL, 
	batch BIGINT NOT NULL, 
	recorded_at BIGINT NOT NULL
);
INSERT INTO "releases" VALUES(1,1,2,1732672800000000);
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
CREATE INDEX withdrawals_by_content ON withdrawals (feed, digest);
CREATE INDEX withdrawals_by_batch ON withdrawals (batch);
CREATE INDEX releases_by_number ON releases (number);
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
CREATE TRIGGER withdrawals_no_update BEFORE UPDATE ON withdrawals BEGIN SELECT RAISE(ABORT, 'withdrawals is append-only'); END;
CREATE TRIGGER withdrawals_no_delete BEFORE DELETE ON withdrawals BEGIN SELECT RAISE(ABORT, 'withdrawals is append-only'); END;
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('feed_incidents',5);
INSERT INTO "sqlite_sequence" VALUES('quarantine',10);
INSERT INTO "sqlite_sequence" VALUES('audit',16);
INSERT INTO "sqlite_sequence" VALUES('releases',1);
INSERT INTO "sqlite_sequence" VALUES('withdrawals',1);
INSERT INTO "sqlite_sequence" VALUES('feed_tps',2);
INSERT INTO "sqlite_sequence" VALUES('feed_personnel',2);
INSERT INTO "sqlite_sequence" VALUES('feed_activities',2);
INSERT INTO "sqlite_sequence" VALUES('feed_roster',2);
INSERT INTO "sqlite_sequence" VALUES('feed_postings',2);
INSERT INTO "sqlite_sequence" VALUES('feed_neutrality',2);
INSERT INTO "sqlite_sequence" VALUES('feed_merges',2);
INSERT INTO "sqlite_sequence" VALUES('notes',2);
INSERT INTO "sqlite_sequence" VALUES('access',1);
COMMIT;
