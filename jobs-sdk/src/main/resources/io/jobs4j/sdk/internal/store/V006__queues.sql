-- Tenant queues, which all engines on the database share. The statement can be run again.
CREATE TABLE IF NOT EXISTS tenant_queue (
  name        VARCHAR(255)  PRIMARY KEY,
  tenant_id   VARCHAR(24)   NOT NULL,
  priority    INTEGER       NOT NULL,
  filter      VARCHAR(4096) NOT NULL,
  workers     INTEGER       NOT NULL
);
