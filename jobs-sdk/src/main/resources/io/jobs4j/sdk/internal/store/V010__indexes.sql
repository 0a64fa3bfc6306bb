-- The jobs of a tenant, whoever's they are. The statement can be run again.
CREATE INDEX IF NOT EXISTS job_by_tenant ON job (tenant_id, id);
