-- When a job that was blocked last went on; empty while it is blocked. The statement can be run again.
ALTER TABLE job_blocked ADD COLUMN IF NOT EXISTS resumed TIMESTAMP(3) WITH TIME ZONE;
