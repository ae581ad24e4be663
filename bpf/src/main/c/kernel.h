/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
#ifndef EXITBOX_KERNEL_H
#define EXITBOX_KERNEL_H

/*
 * The kernel's types, as far as the programs read them. Kept by hand: offsets are relocated at load (CO-RE), so
 * only names and types of the fields matter. A struct with ___suffix is another kernel's shape of the same struct.
 */

#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wpadded"
#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

#define PF_KTHREAD 0x00200000

#define SIGNAL_GROUP_EXIT 0x00000004

/* Indexes of signal_struct.pids; PIDTYPE_TGID has been 1 since 4.19. */
enum pid_type { PIDTYPE_PID, PIDTYPE_TGID, PIDTYPE_PGID, PIDTYPE_SID, PIDTYPE_MAX };

/* Indexes of mm_struct.rss_stat. */
enum { MM_FILEPAGES, MM_ANONPAGES, MM_SWAPENTS, MM_SHMEMPAGES, NR_MM_COUNTERS };

typedef struct {
	int counter;
} atomic_t;

typedef struct {
	__s64 counter;
} atomic64_t;

typedef struct {
	__u32 val;
} kuid_t;

typedef struct {
	__u32 val;
} kgid_t;

struct ns_common {
	unsigned int inum;
};

struct pid_namespace {
	struct ns_common ns;
};

struct mnt_namespace {
	struct ns_common ns;
};

struct nsproxy {
	struct mnt_namespace *mnt_ns;
};

struct upid {
	int nr;
	struct pid_namespace *ns;
};

struct pid {
	unsigned int level;
	struct upid numbers[1]; /* level + 1 of them */
};

struct cred {
	kuid_t uid;
	kgid_t gid;
};

struct kernfs_node {
	struct kernfs_node *__parent;
	const char *name;
	__u64 id;
};

/* 6.15 (633488947ef6, "kernfs: Use RCU to access kernfs_node::parent") renamed it. */
struct kernfs_node___before_6_15 {
	struct kernfs_node *parent;
};

struct cgroup;

struct cgroup_subsys_state {
	struct cgroup *cgroup;
	struct cgroup_subsys_state *parent;
};

struct cgroup {
	struct cgroup_subsys_state self;
	int level;
	struct kernfs_node *kn;
};

/* The value differs by kernel configuration: always through bpf_core_enum_value. */
enum cgroup_subsys_id { memory_cgrp_id = 0x7fff };

struct css_set {
	struct cgroup_subsys_state *subsys[1];
	struct cgroup *dfl_cgrp;
};

struct percpu_counter {
	__s64 count;
};

struct mm_struct {
	unsigned long hiwater_rss;
	struct percpu_counter rss_stat[NR_MM_COUNTERS];
};

/* 6.2 (f1a7941243c1, "mm: convert mm's rss stats into percpu_counter") made them percpu_counters. */
struct mm_rss_stat {
	atomic64_t count[NR_MM_COUNTERS];
};

struct mm_struct___before_6_2 {
	struct mm_rss_stat rss_stat;
};

struct task_io_accounting {
	__u64 read_bytes;
	__u64 write_bytes;
};

struct tty_struct {
	char name[64];
};

struct signal_struct {
	atomic_t live;
	int nr_threads;
	int group_exit_code;
	unsigned int flags;
	struct pid *pids[PIDTYPE_MAX];
	struct tty_struct *tty;
	__u64 utime;
	__u64 stime;
	unsigned long nvcsw;
	unsigned long nivcsw;
	unsigned long min_flt;
	unsigned long maj_flt;
	unsigned long maxrss;
	struct task_io_accounting ioac;
	unsigned long long sum_sched_runtime;
	short oom_score_adj;
	struct mm_struct *oom_mm;
};

struct sched_entity {
	__u64 sum_exec_runtime;
};

struct sched_info {
	unsigned long long run_delay;
};

struct task_struct {
	unsigned int flags;
	struct sched_entity se;
	struct sched_info sched_info;
	struct mm_struct *mm;
	int exit_code;
	int exit_signal;
	int pid;
	int tgid;
	struct task_struct *real_parent;
	struct task_struct *group_leader;
	__u64 utime;
	__u64 stime;
	unsigned long nvcsw;
	unsigned long nivcsw;
	__u64 start_time;
	__u64 start_boottime; /* real_start_time before 5.5 */
	unsigned long min_flt;
	unsigned long maj_flt;
	const struct cred *real_cred;
	char comm[16];
	struct nsproxy *nsproxy;
	struct signal_struct *signal;
	kuid_t loginuid;
	unsigned int sessionid;
	struct task_io_accounting ioac;
	struct css_set *cgroups;
};

#pragma clang attribute pop
#pragma clang diagnostic pop

#endif
