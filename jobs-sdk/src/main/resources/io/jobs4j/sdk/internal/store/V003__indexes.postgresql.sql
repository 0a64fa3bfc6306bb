CREATE SEQUENCE IF NOT EXISTS job_number;
DROP INDEX IF EXISTS job_queue_due;
CREATE INDEX IF NOT EXISTS job_queue_ready ON job_queue (state, lane, place, job_id) WHERE state IN ('R', 'O');
CREATE INDEX IF NOT EXISTS job_queue_timer ON job_queue (due_at) WHERE due_at IS NOT NULL;
-- Room in each page for the versions that a job goes through, so that indexes need not follow.
ALTER TABLE job SET (fillfactor = 50);
ALTER TABLE job_queue SET (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02);
ALTER TABLE engine SET (fillfactor = 20, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
