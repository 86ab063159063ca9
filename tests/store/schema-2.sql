-- The second schema, as the board made it before the trail was chained, with four commits in it. Never changed: stores of that time are opened by it.
BEGIN TRANSACTION;
CREATE TABLE audit (
	seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	at BIGINT NOT NULL, 
	actor TEXT NOT NULL, 
	action TEXT NOT NULL, 
	detail TEXT NOT NULL
);
INSERT INTO "audit" VALUES(1,1732672800000000,'operator','deliver','{"batch": 1, "feed": "incidents", "source": "laporan.csv", "sha256": "00ff", "accepted": 1, "duplicate": 0, "quarantined": 1, "released": []}');
INSERT INTO "audit" VALUES(2,1732672800000000,'operator é','deliver','{"batch": 2, "feed": "incidents", "source": "susulan.csv", "sha256": "00ff", "accepted": 2, "duplicate": 0, "quarantined": 0, "released": []}');
INSERT INTO "audit" VALUES(3,1732676400000000,'kapolres','note','{"key": "siaga"}');
INSERT INTO "audit" VALUES(4,1732680000000000,'operator','withdraw','{"batch": 2, "rows": 2, "reason": "salah kirim"}');
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
INSERT INTO "batches" VALUES(1,'incidents','laporan.csv','00ff',1732672800000000,'operator',1,0,1);
INSERT INTO "batches" VALUES(2,'incidents','susulan.csv','00ff',1732672800000000,'operator é',2,0,0);
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
	pelapor TEXT, 
	sumber TEXT, 
	flags TEXT, 
	latihan BOOLEAN NOT NULL, 
	UNIQUE (digest, round)
);
INSERT INTO "feed_incidents" VALUES(1,1,1,1732672800000000,1732669560000000,X'B8C12EDA9DC415DF37C049BA60DB0ACA',0,'r-1',1732669200000000,'menit',1732669500000000,'16.10.04',NULL,'Tanjung Seteko',NULL,-3.21,104.65,'logistik','rendah',NULL,'dilaporkan','Surat suara kurang satu kotak',NULL,NULL,NULL,NULL,NULL,NULL,NULL,0);
INSERT INTO "feed_incidents" VALUES(2,2,2,1732672800000000,1732669560000000,X'B5C97B2C443353C1642F602872D63CCB',0,'r-2',1732669200000000,'menit',1732669500000000,'16.10.04',NULL,'Tanjung Seteko',NULL,-3.21,104.65,'logistik','rendah',NULL,'dilaporkan','Surat suara kurang satu kotak',NULL,NULL,NULL,NULL,NULL,NULL,NULL,0);
INSERT INTO "feed_incidents" VALUES(3,2,3,1732672800000000,1732669560000000,X'7D764F72224D010A890C7CD475250056',0,'r-3',1732669200000000,'menit',1732669500000000,'16.10.04',NULL,'Tanjung Seteko',NULL,-3.21,104.65,'logistik','rendah',NULL,'dilaporkan','Surat suara kurang satu kotak',NULL,NULL,NULL,NULL,NULL,NULL,NULL,0);
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
	pelapor TEXT, 
	sumber TEXT, 
	flags TEXT, 
	latihan BOOLEAN NOT NULL, 
	UNIQUE (digest, round)
);
CREATE TABLE notes (
	seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	"key" TEXT NOT NULL, 
	value TEXT NOT NULL, 
	at BIGINT NOT NULL, 
	actor TEXT NOT NULL
);
INSERT INTO "notes" VALUES(1,'siaga','{"tingkat": 1}',1732676400000000,'kapolres');
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
INSERT INTO "quarantine" VALUES(1,1,'incidents','laporan.csv',3,'{"waktu": "kemarin"}','["Waktu tidak terbaca."]',1732672800000000,X'F737D3D40D0A7BE071DE2F186BAAE7CD');
CREATE TABLE releases (
	seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	number BIGINT NOT NULL, 
	batch BIGINT NOT NULL, 
	recorded_at BIGINT NOT NULL
);
CREATE TABLE withdrawals (
	seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	feed TEXT NOT NULL, 
	row_seq BIGINT NOT NULL, 
	batch BIGINT NOT NULL, 
	recorded_at BIGINT NOT NULL, 
	digest BLOB NOT NULL, 
	UNIQUE (feed, row_seq)
);
INSERT INTO "withdrawals" VALUES(1,'incidents',2,2,1732680000000000,X'B5C97B2C443353C1642F602872D63CCB');
INSERT INTO "withdrawals" VALUES(2,'incidents',3,2,1732680000000000,X'7D764F72224D010A890C7CD475250056');
CREATE INDEX feed_incidents_by_batch ON feed_incidents (batch);
CREATE INDEX feed_tps_by_batch ON feed_tps (batch);
CREATE INDEX feed_personnel_by_batch ON feed_personnel (batch);
CREATE INDEX feed_activities_by_batch ON feed_activities (batch);
CREATE INDEX feed_roster_by_batch ON feed_roster (batch);
CREATE INDEX feed_postings_by_batch ON feed_postings (batch);
CREATE INDEX feed_neutrality_by_batch ON feed_neutrality (batch);
CREATE INDEX feed_merges_by_batch ON feed_merges (batch);
CREATE INDEX withdrawals_by_content ON withdrawals (feed, digest);
CREATE INDEX withdrawals_by_batch ON withdrawals (batch);
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
INSERT INTO "sqlite_sequence" VALUES('feed_incidents',3);
INSERT INTO "sqlite_sequence" VALUES('quarantine',1);
INSERT INTO "sqlite_sequence" VALUES('audit',4);
INSERT INTO "sqlite_sequence" VALUES('notes',1);
INSERT INTO "sqlite_sequence" VALUES('withdrawals',2);
COMMIT;
