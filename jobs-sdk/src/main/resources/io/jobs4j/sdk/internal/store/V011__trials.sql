-- How many jobs that wait go on at once. The statements can be run again.

-- How many more may go on at the next look, because others have got any further since the last; empty while none has
-- since it failed last.
ALTER TABLE recovery ADD COLUMN IF NOT EXISTS trials INTEGER;

-- How often a job that went on was blocked on the same again.
ALTER TABLE job_blocked ADD COLUMN IF NOT EXISTS returns INTEGER DEFAULT 0 NOT NULL;

CREATE INDEX IF NOT EXISTS job_blocked_turn ON job_blocked (recovery_id, waiting, returns, job_id);
