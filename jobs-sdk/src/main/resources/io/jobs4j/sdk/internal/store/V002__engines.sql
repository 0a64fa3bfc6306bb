-- Several engines on one database: who they are, and which of them has which job. Each statement can
-- be run again.

-- An engine lives as long as its row does. Its transactions begin by renewing the lease; whoever finds
-- the lease expired removes the row, and with it all that the engine could still write.
CREATE TABLE IF NOT EXISTS engine (
  id           VARCHAR(64)  PRIMARY KEY,
  node         VARCHAR(255) NOT NULL,
  started      TIMESTAMP(3) WITH TIME ZONE NOT NULL,
  lease_until  TIMESTAMP(3) WITH TIME ZONE NOT NULL,
  -- The number of the engine's last transaction, by which it learns whether one whose answer was
  -- lost was carried out.
  last_commit  BIGINT       NOT NULL
);

ALTER TABLE job ADD COLUMN IF NOT EXISTS pause_requested_by VARCHAR(64);

-- state: R ready for a worker, L a worker of the engine has it, I idle until due_at or an event,
-- W watched by the engine while its scheduler has it, O to be watched and nobody does.
ALTER TABLE job_queue ADD COLUMN IF NOT EXISTS state CHAR(1) DEFAULT 'R' NOT NULL;
ALTER TABLE job_queue ADD COLUMN IF NOT EXISTS engine VARCHAR(64);
-- Rises whenever the job is given to an engine or taken from it.
ALTER TABLE job_queue ADD COLUMN IF NOT EXISTS fence BIGINT DEFAULT 0 NOT NULL;
-- Workers that serve the job: those of its tenant queue, or '' for those that the other queues share.
ALTER TABLE job_queue ADD COLUMN IF NOT EXISTS lane VARCHAR(255) DEFAULT '' NOT NULL;
-- The order within the lane; jobs of different owners alternate.
ALTER TABLE job_queue ADD COLUMN IF NOT EXISTS place BIGINT DEFAULT 0 NOT NULL;
ALTER TABLE job_queue ADD COLUMN IF NOT EXISTS tenant_id VARCHAR(24) DEFAULT '' NOT NULL;
ALTER TABLE job_queue ADD COLUMN IF NOT EXISTS owner VARCHAR(64) DEFAULT '' NOT NULL;

UPDATE job_queue SET
  state = CASE WHEN (SELECT j.status FROM job j WHERE j.id = job_queue.job_id)
                    IN ('QUEUED', 'RUNNING') THEN 'O'
               WHEN due_at IS NULL THEN 'I' ELSE 'R' END,
  tenant_id = (SELECT j.tenant_id FROM job j WHERE j.id = job_queue.job_id),
  owner = (SELECT j.owner FROM job j WHERE j.id = job_queue.job_id)
WHERE owner = '';
