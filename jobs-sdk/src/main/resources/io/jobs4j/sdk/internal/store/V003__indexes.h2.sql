CREATE SEQUENCE IF NOT EXISTS job_number CACHE 512;
ALTER SEQUENCE job_number RESTART WITH (SELECT COALESCE(MAX(id), 0) + 1 FROM job);
DROP INDEX IF EXISTS job_queue_due;
CREATE INDEX IF NOT EXISTS job_queue_ready ON job_queue (state, lane, place, job_id);
CREATE INDEX IF NOT EXISTS job_queue_timer ON job_queue (due_at);
