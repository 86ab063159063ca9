-- The third schema, as the board made it before Alembic kept its schema, with rows it stored. Never changed: stores of that time are opened by it.
BEGIN TRANSACTION;
CREATE TABLE access (
	seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	kind TEXT NOT NULL, 
	name TEXT NOT NULL, 
	value TEXT NOT NULL, 
	at BIGINT NOT NULL, 
	actor TEXT NOT NULL
);
INSERT INTO "access" VALUES(1,'account','wati','{"role": "analis"}',1732690800000000,'admin');
CREATE TABLE audit (
	seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	at BIGINT NOT NULL, 
	actor TEXT NOT NULL, 
	action TEXT NOT NULL, 
	detail TEXT NOT NULL, 
	moves BOOLEAN NOT NULL, 
	chain TEXT NOT NULL
);
INSERT INTO "audit" VALUES(1,1732672800000000,'operator','deliver','{"batch": 1, "feed": "incidents", "source": "laporan.csv", "sha256": "00ff", "accepted": 2, "duplicate": 0, "quarantined": 1, "released": []}',1,'2881b7341fe06760fc3cd575a3b87c7f4d0acdcc30c100195b1d48af4d4716a8');
INSERT INTO "audit" VALUES(2,1732676400000000,'operator é','deliver','{"batch": 2, "feed": "incidents", "source": "susulan.csv", "sha256": "00ff", "accepted": 1, "duplicate": 0, "quarantined": 0, "released": [1]}',1,'56cbc609db255ee2f6a2216903bb4d715a01a4f574da4d5476497e31e4cf25e9');
INSERT INTO "audit" VALUES(3,1732672800000000,'operator','deliver','{"batch": 3, "feed": "incidents", "source": "salah.csv", "sha256": "00ff", "accepted": 1, "duplicate": 0, "quarantined": 0, "released": []}',1,'994c64d6804145b9ea960cff81933996762567fd0ab577ff3c90c0e4167614c1');
INSERT INTO "audit" VALUES(4,1732680000000000,'operator','withdraw','{"batch": 3, "rows": 1, "reason": "salah kirim"}',1,'9930131e3a2497014cb64142aa9f1f618fc7d9b268d88f9b421cbd1b6695731f');
INSERT INTO "audit" VALUES(5,1732683600000000,'operator','deliver','{"batch": 4, "feed": "incidents", "source": "ulang.csv", "sha256": "00ff", "accepted": 1, "duplicate": 0, "quarantined": 0, "released": []}',1,'bdb581db9d9358510d1bb36db8e94f47746adc7098bc948932d028771a01f348');
INSERT INTO "audit" VALUES(6,1732672800000000,'operator','deliver','{"batch": 5, "feed": "tps", "source": "tps.csv", "sha256": "00ff", "accepted": 2, "duplicate": 0, "quarantined": 1, "released": []}',1,'a90a0ca93f3b977bf6c1a96a32ac35e69a4360cad3716c44394d68a5c63e0367');
INSERT INTO "audit" VALUES(7,1732672800000000,'operator','deliver','{"batch": 6, "feed": "personnel", "source": "personnel.csv", "sha256": "00ff", "accepted": 2, "duplicate": 0, "quarantined": 1, "released": []}',1,'fbe340bb98da4b68380ff0aac22683c63b6e6083817cc0fb1c649dea1360b446');
INSERT INTO "audit" VALUES(8,1732672800000000,'operator','deliver','{"batch": 7, "feed": "activities", "source": "activities.csv", "sha256": "00ff", "accepted": 2, "duplicate": 0, "quarantined": 1, "released": []}',1,'932f39d3ac7d7c9f0755db6e04a4bc86d4d345cc5745ed41971c6167b1d53507');
INSERT INTO "audit" VALUES(9,1732672800000000,'operator','deliver','{"batch": 8, "feed": "roster", "source": "roster.csv", "sha256": "00ff", "accepted": 2, "duplicate": 0, "quarantined": 1, "released": []}',1,'ab85817356cc8ec4f51f68b00c0cb57a8c4cc9994c91723571b13eadcc0b07e1');
INSERT INTO "audit" VALUES(10,1732672800000000,'operator','deliver','{"batch": 9, "feed": "postings", "source": "postings.csv", "sha256": "00ff", "accepted": 2, "duplicate": 0, "quarantined": 1, "released": []}',1,'256e409d258227c29f23b197df5d5e4436369d694a71043a066c35c9ff2fb708');
INSERT INTO "audit" VALUES(11,1732672800000000,'operator','deliver','{"batch": 10, "feed": "neutrality", "source": "neutrality.csv", "sha256": "00ff", "accepted": 2, "duplicate": 0, "quarantined": 1, "released": []}',1,'889e934b039ec82159e92c250ac9761e7fd813e3231b92c5f41b5f4a8cd68646');
INSERT INTO "audit" VALUES(12,1732672800000000,'operator','deliver','{"batch": 11, "feed": "merges", "source": "merges.csv", "sha256": "00ff", "accepted": 2, "duplicate": 0, "quarantined": 1, "released": []}',1,'4c2c71b5cdbfa840707a825b264f5f9c6b58f943ef7119a2aa8519340ebb5834');
INSERT INTO "audit" VALUES(13,1732687200000000,'kapolres','note','{"key": "siaga"}',1,'8421088d92e152267873d16e79702a35ae76c190bc9f5a8227f7ded80671fd17');
INSERT INTO "audit" VALUES(14,1732690800000000,'kapolres','note','{"key": "siaga"}',1,'06486a61dafa709fcfdace9006178a99a31fd6a91552121386d863927e61e5b7');
INSERT INTO "audit" VALUES(15,1732690800000000,'admin','account','{"name": "wati"}',0,'b4913e0cdd194ad83fdfedaef5e556dfee5a244c6f39081ac967d4b212f7af7d');
INSERT INTO "audit" VALUES(16,1732694400000000,'wati','sign-in','{"way": "sandi"}',0,'53f455502fde76700f7b9b8931e8f636a0f7ae7906973c9235b297ad52fee945');
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
INSERT INTO "batches" VALUES(1,'incidents','laporan.csv','00ff',1732672800000000,'operator',2,0,1);
INSERT INTO "batches" VALUES(2,'incidents','susulan.csv','00ff',1732676400000000,'operator é',1,0,0);
INSERT INTO "batches" VALUES(3,'incidents','salah.csv','00ff',1732672800000000,'operator',1,0,0);
INSERT INTO "batches" VALUES(4,'incidents','ulang.csv','00ff',1732683600000000,'operator',1,0,0);
INSERT INTO "batches" VALUES(5,'tps','tps.csv','00ff',1732672800000000,'operator',2,0,1);
INSERT INTO "batches" VALUES(6,'personnel','personnel.csv','00ff',1732672800000000,'operator',2,0,1);
INSERT INTO "batches" VALUES(7,'activities','activities.csv','00ff',1732672800000000,'operator',2,0,1);
INSERT INTO "batches" VALUES(8,'roster','roster.csv','00ff',1732672800000000,'operator',2,0,1);
INSERT INTO "batches" VALUES(9,'postings','postings.csv','00ff',1732672800000000,'operator',2,0,1);
INSERT INTO "batches" VALUES(10,'neutrality','neutrality.csv','00ff',1732672800000000,'operator',2,0,1);
INSERT INTO "batches" VALUES(11,'merges','merges.csv','00ff',1732672800000000,'operator',2,0,1);
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
INSERT INTO "feed_activities" VALUES(1,7,2,1732672800000000,1732669560000000,X'F24567998154A2AD5BEED3651AEA319B',0,'r-1',1732669200000000,'menit',1732669500000000,'16.10.04',NULL,'Tanjung Seteko','007','patroli',NULL,'dilaporkan',NULL,NULL,NULL,'Pasar Inderalaya',NULL,'Surat suara kurang satu kotak',NULL,NULL,NULL,0);
INSERT INTO "feed_activities" VALUES(2,7,3,1732672800000000,1732669560000000,X'16845C92F33644AD6798226F1FF170FF',0,'r-2',1732669200000000,'menit',1732669500000000,'16.10.04',NULL,'Tanjung Seteko','007','patroli',NULL,'dilaporkan',NULL,NULL,NULL,'Pasar Inderalaya',NULL,'Kedua',NULL,NULL,NULL,0);
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
INSERT INTO "feed_incidents" VALUES(1,1,2,1732672800000000,1732669560000000,X'38F3C2C4872E1C1E724DFCDDE788F5E5',0,'r-1',1732669200000000,'menit',1732669500000000,'16.10.04',NULL,'Tanjung Seteko','007',-3.21,104.65,'logistik','rendah',NULL,'dilaporkan','Surat suara kurang satu kotak',NULL,NULL,NULL,NULL,'Lapor, logistik kurang
TPS 007',NULL,NULL,NULL,0);
INSERT INTO "feed_incidents" VALUES(2,1,3,1732672800000000,1732669560000000,X'A00B142811D15B19FC9BF507BD3BFFD9',0,'r-2',1732669200000000,'menit',1732669500000000,'16.10.04',NULL,'Tanjung Seteko','007',NULL,NULL,'logistik','rendah',NULL,'dilaporkan',NULL,NULL,NULL,NULL,NULL,'Lapor, logistik kurang
TPS 007',NULL,NULL,'waktu kira-kira',1);
INSERT INTO "feed_incidents" VALUES(3,2,2,1732676400000000,1732669560000000,X'FD3762DB7969C9031B69C4F5FCE3336C',0,'r-3',1732669200000000,'menit',1732669500000000,'16.10.04',NULL,'Tj. Seteko é','007',-3.21,104.65,'logistik','rendah',NULL,'dilaporkan','Surat suara kurang satu kotak',NULL,NULL,NULL,NULL,'Lapor, logistik kurang
TPS 007',NULL,NULL,NULL,0);
INSERT INTO "feed_incidents" VALUES(4,3,2,1732672800000000,1732669560000000,X'46FB94C784BFA0765A9906E2F27323CF',0,'r-4',1732669200000000,'menit',1732669500000000,'16.10.04',NULL,'Tanjung Seteko','007',-3.21,104.65,'logistik','rendah',NULL,'dilaporkan','Surat suara kurang satu kotak',NULL,NULL,NULL,NULL,'Lapor, logistik kurang
TPS 007',NULL,NULL,NULL,0);
INSERT INTO "feed_incidents" VALUES(5,4,2,1732683600000000,1732669560000000,X'46FB94C784BFA0765A9906E2F27323CF',1,'r-4',1732669200000000,'menit',1732669500000000,'16.10.04',NULL,'Tanjung Seteko','007',-3.21,104.65,'logistik','rendah',NULL,'dilaporkan','Surat suara kurang satu kotak',NULL,NULL,NULL,NULL,'Lapor, logistik kurang
TPS 007',NULL,NULL,NULL,0);
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
INSERT INTO "feed_neutrality" VALUES(2,10,3,1732672800000000,1732669560000000,X'6610C691D4CF111ED0833D2D28EA367F',0,'r-2',1732669200000000,'menit',1732669500000000,'16.10.04',NULL,NULL,NULL,NULL,NULL,NULL,'Kedua',NULL,NULL,NULL,0);
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
INSERT INTO "feed_personnel" VALUES(1,6,2,1732672800000000,1732669560000000,X'5C0DB7280C9F444A1DFBEC5C83F1AEF9',0,'r-1',1732669200000000,'menit',1732669500000000,'16.10.04',NULL,'Tanjung Seteko','007','P-12',NULL,NULL,'Surat suara kurang satu kotak','Lapor, logistik kurang
TPS 007',NULL,NULL,NULL,0);
INSERT INTO "feed_personnel" VALUES(2,6,3,1732672800000000,1732669560000000,X'D9DEA0903119682AD3AC4CC6EE7AE554',0,'r-2',1732669200000000,'menit',1732669500000000,'16.10.04',NULL,'Tanjung Seteko','007','P-12',NULL,NULL,'Kedua','Lapor, logistik kurang
TPS 007',NULL,NULL,NULL,0);
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
INSERT INTO "feed_postings" VALUES(1,9,2,1732672800000000,1732669560000000,X'81B2377F035E5F2FEA9F141B4D706191',0,'r-1',1732669200000000,'menit',1732669500000000,'16.10.04',NULL,'Tanjung Seteko','007','P-12',NULL,'Pasar Inderalaya','Surat suara kurang satu kotak',NULL,NULL,NULL,0);
INSERT INTO "feed_postings" VALUES(2,9,3,1732672800000000,1732669560000000,X'9E2472BE11B8377D03F19F753319A8AD',0,'r-2',1732669200000000,'menit',1732669500000000,'16.10.04',NULL,'Tanjung Seteko','007','P-12',NULL,'Pasar Inderalaya','Kedua',NULL,NULL,NULL,0);
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
INSERT INTO "feed_roster" VALUES(1,8,2,1732672800000000,1732669560000000,X'4BCE444F4F250486A18C756B66F8722E',0,'r-1',1732669200000000,'menit',1732669500000000,'16.10.04','P-12',NULL,NULL,NULL,NULL,'Surat suara kurang satu kotak',NULL,NULL,NULL,0);
INSERT INTO "feed_roster" VALUES(2,8,3,1732672800000000,1732669560000000,X'C7B1BE655A425671BC1C7F4E01E3299C',0,'r-2',1732669200000000,'menit',1732669500000000,'16.10.04','P-12',NULL,NULL,NULL,NULL,'Kedua',NULL,NULL,NULL,0);
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
INSERT INTO "feed_tps" VALUES(1,5,2,1732672800000000,1732669560000000,X'E436BCA7CB32771A8C4C335AF44EBA6D',0,'r-1',1732669200000000,'menit',1732669500000000,'16.10.04',NULL,'Tanjung Seteko','007','dibuka',120,110,NULL,NULL,NULL,NULL,NULL,'Surat suara kurang satu kotak','Lapor, logistik kurang
TPS 007',NULL,NULL,NULL,0);
INSERT INTO "feed_tps" VALUES(2,5,3,1732672800000000,1732669560000000,X'816BD5BDD525936C3E117E1AA8142CFF',0,'r-2',1732669200000000,'menit',1732669500000000,'16.10.04',NULL,'Tanjung Seteko','007','dibuka',120,110,NULL,NULL,NULL,NULL,NULL,'Kedua','Lapor, logistik kurang
TPS 007',NULL,NULL,NULL,0);
CREATE TABLE notes (
	seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	"key" TEXT NOT NULL, 
	value TEXT NOT NULL, 
	at BIGINT NOT NULL, 
	actor TEXT NOT NULL
);
INSERT INTO "notes" VALUES(1,'siaga','{"tingkat": 1}',1732687200000000,'kapolres');
INSERT INTO "notes" VALUES(2,'siaga','{"tingkat": 2}',1732690800000000,'kapolres');
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
INSERT INTO "quarantine" VALUES(1,1,'incidents','laporan.csv',4,'{"waktu": "kemarin", "jenis": "\u00e9"}','["Waktu tidak terbaca."]',1732672800000000,X'030F53492DB2F265F734E3464C2CE947');
INSERT INTO "quarantine" VALUES(2,5,'tps','tps.csv',4,'{"x": "tps"}','["Satu.", "Dua."]',1732672800000000,X'3AD95F23A9445123D1B8FF1F3EB8E4CC');
INSERT INTO "quarantine" VALUES(3,6,'personnel','personnel.csv',4,'{"x": "personnel"}','["Satu.", "Dua."]',1732672800000000,X'BF5F10E781952E6BFFA65B9E8FEF90A0');
INSERT INTO "quarantine" VALUES(4,7,'activities','activities.csv',4,'{"x": "activities"}','["Satu.", "Dua."]',1732672800000000,X'635A684A13AD03CC187FD8B7952B3CC8');
INSERT INTO "quarantine" VALUES(5,8,'roster','roster.csv',4,'{"x": "roster"}','["Satu.", "Dua."]',1732672800000000,X'5CAC951056BD1670A2DEA18716FC948E');
INSERT INTO "quarantine" VALUES(6,9,'postings','postings.csv',4,'{"x": "postings"}','["Satu.", "Dua."]',1732672800000000,X'C2F843E3447FF5BB64F3EA7BC20B3624');
INSERT INTO "quarantine" VALUES(7,10,'neutrality','neutrality.csv',4,'{"x": "neutrality"}','["Satu.", "Dua."]',1732672800000000,X'DF3622072DE67D90AED9D845CEEC12D3');
INSERT INTO "quarantine" VALUES(8,11,'merges','merges.csv',4,'{"x": "merges"}','["Satu.", "Dua."]',1732672800000000,X'3C2B9384F76F6E1119E80C9F189D240A');
CREATE TABLE releases (
	seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	number BIGINT NOT NULL, 
	batch BIGINT NOT NULL, 
	recorded_at BIGINT NOT NULL
);
INSERT INTO "releases" VALUES(1,1,2,1732676400000000);
CREATE TABLE withdrawals (
	seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	feed TEXT NOT NULL, 
	row_seq BIGINT NOT NULL, 
	batch BIGINT NOT NULL, 
	recorded_at BIGINT NOT NULL, 
	digest BLOB NOT NULL, 
	UNIQUE (feed, row_seq)
);
INSERT INTO "withdrawals" VALUES(1,'incidents',4,3,1732680000000000,X'46FB94C784BFA0765A9906E2F27323CF');
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
INSERT INTO "sqlite_sequence" VALUES('quarantine',8);
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
