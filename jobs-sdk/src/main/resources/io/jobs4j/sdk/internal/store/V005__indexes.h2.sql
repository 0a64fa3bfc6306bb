CREATE INDEX IF NOT EXISTS job_queue_admitted ON job_queue (admitted, system_id);
