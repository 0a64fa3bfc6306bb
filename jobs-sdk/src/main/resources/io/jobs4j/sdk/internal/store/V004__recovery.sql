-- What blocked jobs wait for, and limits on how many jobs are active. Each statement can be run again.

-- One row for each thing that jobs wait for, however many they are.
CREATE TABLE IF NOT EXISTS recovery (
  id              VARCHAR(64)  PRIMARY KEY,
  tenant_id       VARCHAR(24)  NOT NULL,
  condition_code  VARCHAR(64)  NOT NULL,
  subject         VARCHAR(255) NOT NULL,
  attempts        INTEGER      NOT NULL,
  next_attempt    TIMESTAMP(3) WITH TIME ZONE NOT NULL
);

CREATE INDEX IF NOT EXISTS recovery_next ON recovery (next_attempt);

-- A job that is blocked, or was and may be again before it gets any further: its deadline is counted
-- from the first time.
CREATE TABLE IF NOT EXISTS job_blocked (
  job_id       BIGINT PRIMARY KEY REFERENCES job (id),
  recovery_id  VARCHAR(64) NOT NULL,
  held_in      VARCHAR(20) NOT NULL,
  since        TIMESTAMP(3) WITH TIME ZONE NOT NULL,
  attempts     INTEGER     NOT NULL,
  waiting      BOOLEAN     NOT NULL
);

CREATE INDEX IF NOT EXISTS job_blocked_waiting ON job_blocked (recovery_id, waiting, job_id);

-- A row is locked by whoever counts the active jobs of a system and lets more become active.
CREATE TABLE IF NOT EXISTS quota (
  system_id VARCHAR(110) PRIMARY KEY
);

ALTER TABLE job_queue ADD COLUMN IF NOT EXISTS system_id VARCHAR(80) DEFAULT '' NOT NULL;
ALTER TABLE job_queue ADD COLUMN IF NOT EXISTS app_id VARCHAR(80) DEFAULT '' NOT NULL;
ALTER TABLE job_queue ADD COLUMN IF NOT EXISTS remote_queue VARCHAR(255);
-- Whether the job counts as active; kept only where there are limits.
ALTER TABLE job_queue ADD COLUMN IF NOT EXISTS admitted BOOLEAN DEFAULT FALSE NOT NULL;

UPDATE job_queue SET
  system_id = (SELECT j.system_id FROM job j WHERE j.id = job_queue.job_id),
  app_id = (SELECT j.app_id FROM job j WHERE j.id = job_queue.job_id),
  remote_queue = (SELECT j.remote_queue FROM job j WHERE j.id = job_queue.job_id)
WHERE system_id = '';
