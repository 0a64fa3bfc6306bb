CREATE INDEX IF NOT EXISTS job_queue_admitted ON job_queue (system_id) WHERE admitted;
-- Only this library writes these rows, each in the transaction that writes its job; for the database
-- to look that up again and to lock the job for it would cost more than the rows themselves.
ALTER TABLE job_event DROP CONSTRAINT IF EXISTS job_event_job_id_fkey;
ALTER TABLE job_payload DROP CONSTRAINT IF EXISTS job_payload_job_id_fkey;
ALTER TABLE job_queue DROP CONSTRAINT IF EXISTS job_queue_job_id_fkey;
ALTER TABLE job_blocked DROP CONSTRAINT IF EXISTS job_blocked_job_id_fkey;
