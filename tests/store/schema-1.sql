-- The first schema, as boards of version 0.1 made it. Never changed: stores of that time are opened by it.
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
CREATE INDEX feed_incidents_by_batch ON feed_incidents (batch);
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
CREATE INDEX feed_tps_by_batch ON feed_tps (batch);
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
CREATE INDEX feed_personnel_by_batch ON feed_personnel (batch);
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
CREATE INDEX feed_activities_by_batch ON feed_activities (batch);
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
CREATE TABLE withdrawals (
	seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	feed TEXT NOT NULL, 
	row_seq BIGINT NOT NULL, 
	batch BIGINT NOT NULL, 
	recorded_at BIGINT NOT NULL, 
	digest BLOB NOT NULL, 
	UNIQUE (feed, row_seq)
);
CREATE INDEX withdrawals_by_batch ON withdrawals (batch);
CREATE INDEX withdrawals_by_content ON withdrawals (feed, digest);
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
CREATE TABLE releases (
	seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	number BIGINT NOT NULL, 
	batch BIGINT NOT NULL, 
	recorded_at BIGINT NOT NULL
);
CREATE INDEX releases_by_number ON releases (number);
CREATE TABLE notes (
	seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	"key" TEXT NOT NULL, 
	value TEXT NOT NULL, 
	at BIGINT NOT NULL, 
	actor TEXT NOT NULL
);
CREATE INDEX notes_by_key ON notes ("key", seq);
CREATE TABLE audit (
	seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	at BIGINT NOT NULL, 
	actor TEXT NOT NULL, 
	action TEXT NOT NULL, 
	detail TEXT NOT NULL
);
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
