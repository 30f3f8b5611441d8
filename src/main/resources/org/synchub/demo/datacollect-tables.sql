-- The tables that an ID PASS DataCollect server (v1.0.0) creates for itself when it starts. Only the demo and the
-- tests run this: a real installation already has them, and the hub never changes them.
CREATE TABLE IF NOT EXISTS public.entities (
  id text NOT NULL,
  guid text,
  initial jsonb,
  modified jsonb,
  sync_level text,
  last_updated timestamp without time zone,
  tenant_id text NOT NULL DEFAULT 'default',
  PRIMARY KEY (id, tenant_id),
  UNIQUE (guid, tenant_id)
);

CREATE TABLE IF NOT EXISTS public.potential_duplicates (
  entity_guid text,
  duplicate_guid text,
  tenant_id text DEFAULT 'default',
  PRIMARY KEY (entity_guid, duplicate_guid, tenant_id)
);

CREATE TABLE IF NOT EXISTS public.events (
  guid text PRIMARY KEY,
  tenant_id text NOT NULL DEFAULT 'default',
  entity_guid text,
  type text,
  data jsonb,
  "timestamp" timestamp with time zone,
  user_id text,
  sync_level integer
);
CREATE INDEX IF NOT EXISTS idx_events_tenant_id ON public.events (tenant_id);

CREATE TABLE IF NOT EXISTS public.audit_log (
  id serial PRIMARY KEY,
  tenant_id text NOT NULL DEFAULT 'default',
  action text,
  guid text,
  entity_guid text,
  event_guid text,
  changes jsonb,
  signature text,
  user_id text,
  "timestamp" timestamp with time zone
);
CREATE INDEX IF NOT EXISTS idx_audit_log_tenant_id ON public.audit_log (tenant_id);

CREATE TABLE IF NOT EXISTS public.merkle_root (
  id serial PRIMARY KEY,
  tenant_id text NOT NULL DEFAULT 'default',
  root text
);
CREATE UNIQUE INDEX IF NOT EXISTS idx_merkle_root_tenant_unique ON public.merkle_root (tenant_id);

CREATE TABLE IF NOT EXISTS public.last_remote_sync_timestamp (
  id serial PRIMARY KEY,
  tenant_id text NOT NULL DEFAULT 'default',
  "timestamp" timestamp with time zone
);

CREATE TABLE IF NOT EXISTS public.last_local_sync_timestamp (
  id serial PRIMARY KEY,
  tenant_id text NOT NULL DEFAULT 'default',
  "timestamp" timestamp with time zone
);

CREATE TABLE IF NOT EXISTS public.last_push_external_sync_timestamp (
  id serial PRIMARY KEY,
  tenant_id text NOT NULL DEFAULT 'default',
  "timestamp" timestamp with time zone
);

CREATE TABLE IF NOT EXISTS public.last_pull_external_sync_timestamp (
  id serial PRIMARY KEY,
  tenant_id text NOT NULL DEFAULT 'default',
  "timestamp" timestamp with time zone
);

CREATE TABLE IF NOT EXISTS public.app_configs (
  id text PRIMARY KEY,
  artifact_id text,
  name text NOT NULL,
  description text,
  version text,
  url text,
  entity_forms jsonb NOT NULL,
  entity_data jsonb,
  external_sync jsonb,
  auth_configs jsonb
);

CREATE TABLE IF NOT EXISTS public.users (
  id serial PRIMARY KEY,
  email text NOT NULL UNIQUE,
  password_hash text NOT NULL,
  role text NOT NULL
);
