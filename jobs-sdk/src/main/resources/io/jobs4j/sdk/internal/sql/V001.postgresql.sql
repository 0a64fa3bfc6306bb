-- Only this library writes these rows, each in the transaction that writes its job. For the database to
-- look that up again and to lock the job for it would cost more than the rows themselves, so no table
-- refers to another. Where rows change often, each page has room for the versions that a row goes through,
-- so that indexes need not follow.

-- The job as everyone sees it. Columns that a change may touch are here; what never changes after
-- submission and may be large is in job_payload.
CREATE TABLE IF NOT EXISTS {job} (
  id                    BIGINT        PRIMARY KEY,
  uuid                  VARCHAR(64)   NOT NULL,
  version               INTEGER       NOT NULL,
  tenant_id             VARCHAR(24)   NOT NULL,
  owner                 VARCHAR(64)   NOT NULL,
  roles                 VARCHAR(4096) NOT NULL,
  name                  VARCHAR(64)   NOT NULL,
  tenant_queue          VARCHAR(255)  NOT NULL,
  status                VARCHAR(20)   NOT NULL,
  held_in               VARCHAR(20),
  last_status_message   VARCHAR(16384) NOT NULL,
  last_sequence         BIGINT        NOT NULL,
  accepted              TIMESTAMP(3) WITH TIME ZONE NOT NULL,
  created               TIMESTAMP(3) WITH TIME ZONE,
  ended                 TIMESTAMP(3) WITH TIME ZONE,
  last_updated          TIMESTAMP(3) WITH TIME ZONE NOT NULL,
  system_id             VARCHAR(80)   NOT NULL,
  app_id                VARCHAR(80)   NOT NULL,
  app_uuid              VARCHAR(64)   NOT NULL,
  work_path             VARCHAR(4096),
  archive               BOOLEAN       NOT NULL,
  archive_on_app_error  BOOLEAN       NOT NULL,
  archive_path          VARCHAR(4096),
  archive_system        VARCHAR(80),
  archived              BOOLEAN       NOT NULL,
  node_count            INTEGER       NOT NULL,
  processors_per_node   INTEGER       NOT NULL,
  memory_per_node       DOUBLE PRECISION NOT NULL,
  max_hours             DOUBLE PRECISION NOT NULL,
  remote_job_id         VARCHAR(255),
  remote_queue          VARCHAR(255),
  remote_reason         VARCHAR(16384) NOT NULL,
  remote_submitted      TIMESTAMP(3) WITH TIME ZONE,
  remote_started        TIMESTAMP(3) WITH TIME ZONE,
  remote_ended          TIMESTAMP(3) WITH TIME ZONE,
  remote_outcome        VARCHAR(20),
  remote_end_message    VARCHAR(16384),
  submit_retries        INTEGER       NOT NULL,
  remote_status_checks  INTEGER       NOT NULL,
  failed_status_checks  INTEGER       NOT NULL,
  last_status_check     TIMESTAMP(3) WITH TIME ZONE,
  blocked_count         INTEGER       NOT NULL,
  visible               BOOLEAN       NOT NULL,
  condition_code        VARCHAR(64),
  cancel_requested_by   VARCHAR(64),
  pause_requested_by    VARCHAR(64),
  CONSTRAINT {prefix}job_uuid_unique UNIQUE (uuid)
) WITH (fillfactor = 50);

CREATE SEQUENCE IF NOT EXISTS {job_number};

-- The jobs of an owner, and of a tenant, whoever's they are.
CREATE INDEX IF NOT EXISTS {prefix}job_by_owner ON {job} (tenant_id, owner, id);
CREATE INDEX IF NOT EXISTS {prefix}job_by_tenant ON {job} (tenant_id, id);

-- Written once with the job.
CREATE TABLE IF NOT EXISTS {job_payload} (
  job_id         BIGINT PRIMARY KEY,
  request        VARCHAR(1048576) NOT NULL,
  inputs         VARCHAR(1048576) NOT NULL,
  parameters     VARCHAR(1048576) NOT NULL
);

-- One narrow row for each job that is not over: who has it, what is due, and when.
CREATE TABLE IF NOT EXISTS {job_queue} (
  job_id        BIGINT PRIMARY KEY,
  tenant_queue  VARCHAR(255) NOT NULL,
  due_at        TIMESTAMP(3) WITH TIME ZONE,
  -- R ready for a worker, L a worker of the engine has it, I idle until due_at or an event,
  -- W watched by the engine while its scheduler has it, O to be watched and nobody does.
  state         CHAR(1)      NOT NULL,
  engine        VARCHAR(64),
  -- Rises whenever the job is given to an engine or taken from it.
  fence         BIGINT       NOT NULL,
  -- Whose workers serve the job: its tenant queue, or '' for the pool that the other queues share.
  worker_pool   VARCHAR(255) NOT NULL,
  -- The order within the worker pool; jobs of different owners alternate.
  place         BIGINT       NOT NULL,
  tenant_id     VARCHAR(24)  NOT NULL,
  owner         VARCHAR(64)  NOT NULL,
  system_id     VARCHAR(80)  NOT NULL,
  app_id        VARCHAR(80)  NOT NULL,
  remote_queue  VARCHAR(255),
  -- Whether the job counts as active; kept only where there are limits.
  admitted      BOOLEAN      DEFAULT FALSE NOT NULL
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02);

CREATE INDEX IF NOT EXISTS {prefix}job_queue_ready ON {job_queue} (state, worker_pool, place, job_id)
  WHERE state IN ('R', 'O');
CREATE INDEX IF NOT EXISTS {prefix}job_queue_timer ON {job_queue} (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX IF NOT EXISTS {prefix}job_queue_admitted ON {job_queue} (system_id) WHERE admitted;
-- The jobs of an owner that are not over.
CREATE INDEX IF NOT EXISTS {prefix}job_queue_owner ON {job_queue} (tenant_id, owner, job_id);

-- Append-only.
CREATE TABLE IF NOT EXISTS {job_event} (
  job_id       BIGINT  NOT NULL,
  sequence     BIGINT  NOT NULL,
  created      TIMESTAMP(3) WITH TIME ZONE NOT NULL,
  event        VARCHAR(32) NOT NULL,
  description  VARCHAR(16384) NOT NULL,
  created_by   VARCHAR(64),
  progress     VARCHAR(65536),
  PRIMARY KEY (job_id, sequence)
);

-- An engine lives as long as its row does. Its transactions begin by renewing the lease; whoever finds
-- the lease expired removes the row, and with it all that the engine could still write.
CREATE TABLE IF NOT EXISTS {engine} (
  id           VARCHAR(64)  PRIMARY KEY,
  node         VARCHAR(255) NOT NULL,
  started      TIMESTAMP(3) WITH TIME ZONE NOT NULL,
  lease_until  TIMESTAMP(3) WITH TIME ZONE NOT NULL,
  -- The number of the engine's last transaction, by which it learns whether one whose answer was
  -- lost was carried out.
  last_commit  BIGINT       NOT NULL
) WITH (
  fillfactor = 20, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);

-- One row for each thing that jobs wait for, however many they are.
CREATE TABLE IF NOT EXISTS {recovery} (
  id              VARCHAR(64)  PRIMARY KEY,
  tenant_id       VARCHAR(24)  NOT NULL,
  condition_code  VARCHAR(64)  NOT NULL,
  subject         VARCHAR(255) NOT NULL,
  attempts        INTEGER      NOT NULL,
  next_attempt    TIMESTAMP(3) WITH TIME ZONE NOT NULL,
  -- The engine that looks at it at the moment; empty if none does.
  engine          VARCHAR(36),
  -- When a look at it began or ended last.
  looked          TIMESTAMP(3) WITH TIME ZONE,
  -- When the policy has the next attempt, while there is a look before that: next_attempt then is the
  -- time of the look.
  scheduled       TIMESTAMP(3) WITH TIME ZONE,
  -- How many more jobs may go on at the next look, because others have got any further since the last;
  -- empty while none has since it failed last.
  trials          INTEGER
);

CREATE INDEX IF NOT EXISTS {prefix}recovery_next ON {recovery} (next_attempt);

-- A job that is blocked, or was and may be again before it gets any further: its deadline is counted
-- from the first time.
CREATE TABLE IF NOT EXISTS {job_blocked} (
  job_id       BIGINT PRIMARY KEY,
  recovery_id  VARCHAR(64) NOT NULL,
  held_in      VARCHAR(20) NOT NULL,
  since        TIMESTAMP(3) WITH TIME ZONE NOT NULL,
  attempts     INTEGER     NOT NULL,
  waiting      BOOLEAN     NOT NULL,
  -- When it went on last; empty while it is blocked.
  resumed      TIMESTAMP(3) WITH TIME ZONE,
  -- How often it went on and was blocked on the same again.
  returns      INTEGER     NOT NULL
);

CREATE INDEX IF NOT EXISTS {prefix}job_blocked_waiting ON {job_blocked} (recovery_id, waiting, job_id);
CREATE INDEX IF NOT EXISTS {prefix}job_blocked_turn ON {job_blocked} (recovery_id, waiting, returns, job_id);

-- A row is locked by whoever counts the active jobs of a system and lets more become active.
CREATE TABLE IF NOT EXISTS {quota} (
  system_id VARCHAR(110) PRIMARY KEY
);

-- Tenant queues, which all engines on these tables share.
CREATE TABLE IF NOT EXISTS {tenant_queue} (
  name        VARCHAR(255)  PRIMARY KEY,
  tenant_id   VARCHAR(24)   NOT NULL,
  priority    INTEGER       NOT NULL,
  filter      VARCHAR(4096) NOT NULL,
  workers     INTEGER       NOT NULL
);
