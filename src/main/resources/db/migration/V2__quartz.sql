-- Quartz's clustered job store, in the hub's own schema (its own script would drop and create tables in public).
-- Columns as Quartz 2.5.2's JDBC job store reads and writes them.
CREATE TABLE hub.qrtz_job_details (
    sched_name text not null,
    job_name text not null,
    job_group text not null,
    description text,
    job_class_name text not null,
    is_durable bool not null,
    is_nonconcurrent bool not null,
    is_update_data bool not null,
    requests_recovery bool not null,
    job_data bytea,
    primary key (sched_name, job_name, job_group)
);
CREATE TABLE hub.qrtz_triggers (
    sched_name text not null,
    trigger_name text not null,
    trigger_group text not null,
    job_name text not null,
    job_group text not null,
    description text,
    next_fire_time bigint,
    prev_fire_time bigint,
    priority integer,
    trigger_state text not null,
    trigger_type text not null,
    start_time bigint not null,
    end_time bigint,
    calendar_name text,
    misfire_instr smallint,
    job_data bytea,
    primary key (sched_name, trigger_name, trigger_group),
    foreign key (sched_name, job_name, job_group) references hub.qrtz_job_details (sched_name, job_name, job_group)
);
CREATE TABLE hub.qrtz_simple_triggers (
    sched_name text not null,
    trigger_name text not null,
    trigger_group text not null,
    repeat_count bigint not null,
    repeat_interval bigint not null,
    times_triggered bigint not null,
    primary key (sched_name, trigger_name, trigger_group),
    foreign key (sched_name, trigger_name, trigger_group) references hub.qrtz_triggers (sched_name, trigger_name, trigger_group)
);
CREATE TABLE hub.qrtz_cron_triggers (
    sched_name text not null,
    trigger_name text not null,
    trigger_group text not null,
    cron_expression text not null,
    time_zone_id text,
    primary key (sched_name, trigger_name, trigger_group),
    foreign key (sched_name, trigger_name, trigger_group) references hub.qrtz_triggers (sched_name, trigger_name, trigger_group)
);
CREATE TABLE hub.qrtz_simprop_triggers (
    sched_name text not null,
    trigger_name text not null,
    trigger_group text not null,
    str_prop_1 text,
    str_prop_2 text,
    str_prop_3 text,
    int_prop_1 int,
    int_prop_2 int,
    long_prop_1 bigint,
    long_prop_2 bigint,
    dec_prop_1 numeric(13, 4),
    dec_prop_2 numeric(13, 4),
    bool_prop_1 bool,
    bool_prop_2 bool,
    primary key (sched_name, trigger_name, trigger_group),
    foreign key (sched_name, trigger_name, trigger_group) references hub.qrtz_triggers (sched_name, trigger_name, trigger_group)
);
CREATE TABLE hub.qrtz_blob_triggers (
    sched_name text not null,
    trigger_name text not null,
    trigger_group text not null,
    blob_data bytea,
    primary key (sched_name, trigger_name, trigger_group),
    foreign key (sched_name, trigger_name, trigger_group) references hub.qrtz_triggers (sched_name, trigger_name, trigger_group)
);
CREATE TABLE hub.qrtz_calendars (
    sched_name text not null,
    calendar_name text not null,
    calendar bytea not null,
    primary key (sched_name, calendar_name)
);
CREATE TABLE hub.qrtz_paused_trigger_grps (
    sched_name text not null,
    trigger_group text not null,
    primary key (sched_name, trigger_group)
);
CREATE TABLE hub.qrtz_fired_triggers (
    sched_name text not null,
    entry_id text not null,
    trigger_name text not null,
    trigger_group text not null,
    instance_name text not null,
    fired_time bigint not null,
    sched_time bigint not null,
    priority integer not null,
    state text not null,
    job_name text,
    job_group text,
    is_nonconcurrent bool,
    requests_recovery bool,
    primary key (sched_name, entry_id)
);
CREATE TABLE hub.qrtz_scheduler_state (
    sched_name text not null,
    instance_name text not null,
    last_checkin_time bigint not null,
    checkin_interval bigint not null,
    primary key (sched_name, instance_name)
);
CREATE TABLE hub.qrtz_locks (
    sched_name text not null,
    lock_name text not null,
    primary key (sched_name, lock_name)
);
CREATE INDEX qrtz_j_req_recovery ON hub.qrtz_job_details (sched_name, requests_recovery);
CREATE INDEX qrtz_j_grp ON hub.qrtz_job_details (sched_name, job_group);
CREATE INDEX qrtz_t_j ON hub.qrtz_triggers (sched_name, job_name, job_group);
CREATE INDEX qrtz_t_jg ON hub.qrtz_triggers (sched_name, job_group);
CREATE INDEX qrtz_t_c ON hub.qrtz_triggers (sched_name, calendar_name);
CREATE INDEX qrtz_t_g ON hub.qrtz_triggers (sched_name, trigger_group);
CREATE INDEX qrtz_t_state ON hub.qrtz_triggers (sched_name, trigger_state);
CREATE INDEX qrtz_t_n_state ON hub.qrtz_triggers (sched_name, trigger_name, trigger_group, trigger_state);
CREATE INDEX qrtz_t_n_g_state ON hub.qrtz_triggers (sched_name, trigger_group, trigger_state);
CREATE INDEX qrtz_t_next_fire_time ON hub.qrtz_triggers (sched_name, next_fire_time);
CREATE INDEX qrtz_t_nft_st ON hub.qrtz_triggers (sched_name, trigger_state, next_fire_time);
CREATE INDEX qrtz_t_nft_misfire ON hub.qrtz_triggers (sched_name, misfire_instr, next_fire_time);
CREATE INDEX qrtz_t_nft_st_misfire ON hub.qrtz_triggers (sched_name, misfire_instr, next_fire_time, trigger_state);
CREATE INDEX qrtz_t_nft_st_misfire_grp ON hub.qrtz_triggers (sched_name, misfire_instr, next_fire_time, trigger_group, trigger_state);
CREATE INDEX qrtz_ft_trig_inst_name ON hub.qrtz_fired_triggers (sched_name, instance_name);
CREATE INDEX qrtz_ft_inst_job_req_rcvry ON hub.qrtz_fired_triggers (sched_name, instance_name, requests_recovery);
CREATE INDEX qrtz_ft_j_g ON hub.qrtz_fired_triggers (sched_name, job_name, job_group);
CREATE INDEX qrtz_ft_jg ON hub.qrtz_fired_triggers (sched_name, job_group);
CREATE INDEX qrtz_ft_t_g ON hub.qrtz_fired_triggers (sched_name, trigger_name, trigger_group);
CREATE INDEX qrtz_ft_tg ON hub.qrtz_fired_triggers (sched_name, trigger_group);
