CREATE INDEX IF NOT EXISTS job_queue_admitted ON job_queue (system_id) WHERE admitted;
