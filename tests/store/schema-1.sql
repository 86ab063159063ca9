-- The first schema, as boards of version 0.1 made it, with rows they stored. Never changed: stores of that time are opened by it.
BEGIN TRANSACTION;
CREATE TABLE audit (
	seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	at BIGINT NOT NULL, 
	actor TEXT NOT NULL, 
	action TEXT NOT NULL, 
	detail TEXT NOT NULL
);
INSERT INTO "audit" VALUES(1,1732672800000000,'operator','deliver','{"batch": 1, "feed": "incidents", "source": "laporan.csv", "sha256": "00ff", "accepted": 2, "duplicate": 0, "quarantined": 1, "released": []}');
INSERT INTO "audit" VALUES(2,1732676400000000,'operator é','deliver','{"batch": 2, "feed": "incidents", "source": "susulan.csv", "sha256": "00ff", "accepted": 1, "duplicate": 0, "quarantined": 0, "released": [1]}');
INSERT INTO "audit" VALUES(3,1732672800000000,'operator','deliver','{"batch": 3, "feed": "incidents", "source": "salah.csv", "sha256": "00ff", "accepted": 1, "duplicate": 0, "quarantined": 0, "released": []}');
INSERT INTO "audit" VALUES(4,1732680000000000,'operator','withdraw','{"batch": 3, "rows": 1}');
INSERT INTO "audit" VALUES(5,1732683600000000,'operator','deliver','{"batch": 4, "feed": "incidents", "source": "ulang.csv", "sha256": "00ff", "accepted": 1, "duplicate": 0, "quarantined": 0, "released": []}');
INSERT INTO "audit" VALUES(6,1732672800000000,'operator','deliver','{"batch": 5, "feed": "tps", "source": "tps.csv", "sha256": "00ff", "accepted": 2, "duplicate": 0, "quarantined": 1, "released": []}');
INSERT INTO "audit" VALUES(7,1732672800000000,'operator','deliver','{"batch": 6, "feed": "personnel", "source": "personnel.csv", "sha256": "00ff", "accepted": 2, "duplicate": 0, "quarantined": 1, "released": []}');
INSERT INTO "audit" VALUES(8,1732672800000000,'operator','deliver','{"batch": 7, "feed": "activities", "source": "activities.csv", "sha256": "00ff", "accepted": 2, "duplicate": 0, "quarantined": 1, "released": []}');
INSERT INTO "audit" VALUES(9,1732687200000000,'kapolres','note','{"key": "siaga"}');
INSERT INTO "audit" VALUES(10,1732690800000000,'kapolres','note','{"key": "siaga"}');
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
	status TEXT, 
	lokasi TEXT, 
	jumlah TEXT, 
	uraian TEXT, 
	pelapor TEXT, 
	sumber TEXT, 
	flags TEXT, 
	latihan BOOLEAN NOT NULL, 
	UNIQUE (digest, round)
);
INSERT INTO "feed_activities" VALUES(1,7,2,1732672800000000,1732669560000000,X'F24567998154A2AD5BEED3651AEA319B',0,'r-1',1732669200000000,'menit',1732669500000000,'16.10.04',NULL,'Tanjung Seteko','007','patroli','dilaporkan','Pasar Inderalaya',NULL,'Surat suara kurang satu kotak',NULL,NULL,NULL,0);
INSERT INTO "feed_activities" VALUES(2,7,3,1732672800000000,1732669560000000,X'16845C92F33644AD6798226F1FF170FF',0,'r-2',1732669200000000,'menit',1732669500000000,'16.10.04',NULL,'Tanjung Seteko','007','patroli','dilaporkan','Pasar Inderalaya',NULL,'Kedua',NULL,NULL,NULL,0);
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
	pelapor TEXT, 
	sumber TEXT, 
	flags TEXT, 
	latihan BOOLEAN NOT NULL, 
	UNIQUE (digest, round)
);
INSERT INTO "feed_incidents" VALUES(1,1,2,1732672800000000,1732669560000000,X'7B3723A1926B3085663A2B5DB35F370A',0,'r-1',1732669200000000,'menit',1732669500000000,'16.10.04',NULL,'Tanjung Seteko','007',-3.21,104.65,'logistik','rendah',NULL,'dilaporkan','Surat suara kurang satu kotak',NULL,NULL,NULL,0);
INSERT INTO "feed_incidents" VALUES(2,1,3,1732672800000000,1732669560000000,X'716D6FD31B44BF03CA4FCE3CAE53A5E1',0,'r-2',1732669200000000,'menit',1732669500000000,'16.10.04',NULL,'Tanjung Seteko','007',NULL,NULL,'logistik','rendah',NULL,'dilaporkan',NULL,NULL,NULL,'waktu kira-kira',1);
INSERT INTO "feed_incidents" VALUES(3,2,2,1732676400000000,1732669560000000,X'4C2D0B6F71CE0599DCFDB761975D7934',0,'r-3',1732669200000000,'menit',1732669500000000,'16.10.04',NULL,'Tj. Seteko é','007',-3.21,104.65,'logistik','rendah',NULL,'dilaporkan','Surat suara kurang satu kotak',NULL,NULL,NULL,0);
INSERT INTO "feed_incidents" VALUES(4,3,2,1732672800000000,1732669560000000,X'CFB931D70C1D924F2708D2B26519643E',0,'r-4',1732669200000000,'menit',1732669500000000,'16.10.04',NULL,'Tanjung Seteko','007',-3.21,104.65,'logistik','rendah',NULL,'dilaporkan','Surat suara kurang satu kotak',NULL,NULL,NULL,0);
INSERT INTO "feed_incidents" VALUES(5,4,2,1732683600000000,1732669560000000,X'CFB931D70C1D924F2708D2B26519643E',1,'r-4',1732669200000000,'menit',1732669500000000,'16.10.04',NULL,'Tanjung Seteko','007',-3.21,104.65,'logistik','rendah',NULL,'dilaporkan','Surat suara kurang satu kotak',NULL,NULL,NULL,0);
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
	pelapor TEXT, 
	sumber TEXT, 
	flags TEXT, 
	latihan BOOLEAN NOT NULL, 
	UNIQUE (digest, round)
);
INSERT INTO "feed_personnel" VALUES(1,6,2,1732672800000000,1732669560000000,X'7B1A61ECBBAE9169676AA2660D748766',0,'r-1',1732669200000000,'menit',1732669500000000,'16.10.04',NULL,'Tanjung Seteko','007','P-12',NULL,NULL,'Surat suara kurang satu kotak',NULL,NULL,NULL,0);
INSERT INTO "feed_personnel" VALUES(2,6,3,1732672800000000,1732669560000000,X'F072F5091E339EB6090890934F411A64',0,'r-2',1732669200000000,'menit',1732669500000000,'16.10.04',NULL,'Tanjung Seteko','007','P-12',NULL,NULL,'Kedua',NULL,NULL,NULL,0);
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
	uraian TEXT, 
	pelapor TEXT, 
	sumber TEXT, 
	flags TEXT, 
	latihan BOOLEAN NOT NULL, 
	UNIQUE (digest, round)
);
INSERT INTO "feed_tps" VALUES(1,5,2,1732672800000000,1732669560000000,X'67953104A8E33FB9E2EAD7EE2A0DF60B',0,'r-1',1732669200000000,'menit',1732669500000000,'16.10.04',NULL,'Tanjung Seteko','007','dibuka',120,'Surat suara kurang satu kotak',NULL,NULL,NULL,0);
INSERT INTO "feed_tps" VALUES(2,5,3,1732672800000000,1732669560000000,X'F853B160BFD84AB1CB1BE86F24491D1F',0,'r-2',1732669200000000,'menit',1732669500000000,'16.10.04',NULL,'Tanjung Seteko','007','dibuka',120,'Kedua',NULL,NULL,NULL,0);
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
INSERT INTO "withdrawals" VALUES(1,'incidents',4,3,1732680000000000,X'CFB931D70C1D924F2708D2B26519643E');
CREATE INDEX feed_incidents_by_batch ON feed_incidents (batch);
CREATE INDEX feed_tps_by_batch ON feed_tps (batch);
CREATE INDEX feed_personnel_by_batch ON feed_personnel (batch);
CREATE INDEX feed_activities_by_batch ON feed_activities (batch);
CREATE INDEX withdrawals_by_batch ON withdrawals (batch);
CREATE INDEX withdrawals_by_content ON withdrawals (feed, digest);
CREATE INDEX releases_by_number ON releases (number);
CREATE INDEX notes_by_key ON notes ("key", seq);
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;
CREATE TRIGGER batches_no_update BEFORE UPDATE ON batches BEGIN SELECT RAISE(ABORT, 'batches is append-only'); END;
CREATE TRIGGER batches_no_delete BEFORE DELETE ON batches BEGIN SELECT RAISE(ABORT, 'batches is append-only'); END;
CREATE TRIGGER feed_activities_no_update BEFORE UPDATE ON feed_activities BEGIN SELECT RAISE(ABORT, 'feed_activities is append-only'); END;
CREATE TRIGGER feed_activities_no_delete BEFORE DELETE ON feed_activities BEGIN SELECT RAISE(ABORT, 'feed_activities is append-only'); END;
CREATE TRIGGER feed_incidents_no_update BEFORE UPDATE ON feed_incidents BEGIN SELECT RAISE(ABORT, 'feed_incidents is append-only'); END;
CREATE TRIGGER feed_incidents_no_delete BEFORE DELETE ON feed_incidents BEGIN SELECT RAISE(ABORT, 'feed_incidents is append-only'); END;
CREATE TRIGGER feed_personnel_no_update BEFORE UPDATE ON feed_personnel BEGIN SELECT RAISE(ABORT, 'feed_personnel is append-only'); END;
CREATE TRIGGER feed_personnel_no_delete BEFORE DELETE ON feed_personnel BEGIN SELECT RAISE(ABORT, 'feed_personnel is append-only'); END;
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
INSERT INTO "sqlite_sequence" VALUES('quarantine',4);
INSERT INTO "sqlite_sequence" VALUES('audit',10);
INSERT INTO "sqlite_sequence" VALUES('releases',1);
INSERT INTO "sqlite_sequence" VALUES('withdrawals',1);
INSERT INTO "sqlite_sequence" VALUES('feed_tps',2);
INSERT INTO "sqlite_sequence" VALUES('feed_personnel',2);
INSERT INTO "sqlite_sequence" VALUES('feed_activities',2);
INSERT INTO "sqlite_sequence" VALUES('notes',2);
COMMIT;
