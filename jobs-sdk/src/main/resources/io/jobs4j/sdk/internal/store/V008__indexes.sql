-- The jobs of an owner that are not over. The statement can be run again.
CREATE INDEX IF NOT EXISTS job_queue_owner ON job_queue (tenant_id, owner, job_id);
