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

#define PF_EXITING 0x00000004
#define PF_KTHREAD 0x00200000

#define CSIGNAL 0x000000ff
#define CLONE_THREAD 0x00010000

#define SIGNAL_GROUP_EXIT 0x00000004

/* include/trace/events/signal.h */
enum { TRACE_SIGNAL_DELIVERED, TRACE_SIGNAL_IGNORED, TRACE_SIGNAL_ALREADY_PENDING, TRACE_SIGNAL_OVERFLOW_FAIL, TRACE_SIGNAL_LOSE_INFO };

/* Indexes of signal_struct.rlim. */
enum { RLIMIT_CPU = 0, RLIMIT_RTTIME = 15, RLIM_NLIMITS };

#define RLIM_INFINITY (~0UL)

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

struct dentry;

struct vfsmount {
	struct dentry *mnt_root;
};

struct path {
	struct vfsmount *mnt;
	struct dentry *dentry;
};

struct qstr {
	__u32 len;
	const unsigned char *name;
};

struct dentry {
	struct dentry *d_parent;
	struct qstr d_name;
};

struct mount {
	struct mount *mnt_parent;
	struct dentry *mnt_mountpoint;
	struct vfsmount mnt;
};

struct file {
	struct path f_path;
};

struct fs_struct {
	struct path root;
	struct path pwd;
};

struct linux_binprm {
	int argc;
	const char *filename;
};

struct mm_struct {
	atomic64_t pgtables_bytes;
	unsigned long total_vm;
	unsigned long arg_start;
	unsigned long arg_end;
	struct file *exe_file;
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

struct rlimit {
	unsigned long rlim_cur;
	unsigned long rlim_max;
};

struct signal_struct {
	struct rlimit rlim[RLIM_NLIMITS];
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

struct rq {
	__u64 clock;
};

struct cfs_rq {
	struct rq *rq;
};

struct sched_entity {
	__u64 sum_exec_runtime;
	struct cfs_rq *cfs_rq;
};

struct sched_info {
	unsigned long long run_delay;
	unsigned long long last_queued;
};

typedef struct {
	unsigned long sig[1];
} sigset_t;

struct sigaction {
	void *sa_handler;
};

struct k_sigaction {
	struct sigaction sa;
};

struct sighand_struct {
	struct k_sigaction action[64];
};

union __sifields {
	struct {
		void *_addr;
	} _sigfault;
};

struct kernel_siginfo {
	int si_signo;
	int si_errno;
	int si_code;
	union __sifields _sifields;
};

struct seccomp {
	int mode;
};

struct thread_info {
#ifdef __TARGET_ARCH_arm64
	unsigned long flags;
#else
	__u32 status;
#endif
};

/* By name and not the one of <linux/ptrace.h>, which has other names. */
struct pt_regs {
#ifdef __TARGET_ARCH_arm64
	__u64 regs[31];
	__u64 orig_x0;
	int syscallno;
#else
	unsigned long dx;
	unsigned long si;
	unsigned long di;
	unsigned long orig_ax;
#endif
};

struct list_head {
	struct list_head *next;
};

struct task_struct {
	struct thread_info thread_info;
	unsigned int flags;
	unsigned int ptrace;
	struct sched_entity se;
	struct sched_info sched_info;
	struct mm_struct *mm;
	int exit_code;
	int exit_signal;
	int pdeath_signal;
	int pid;
	int tgid;
	struct task_struct *real_parent;
	struct list_head children; /* those that this thread forked, by their sibling */
	struct list_head sibling;
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
	struct fs_struct *fs;
	struct nsproxy *nsproxy;
	struct signal_struct *signal;
	struct sighand_struct *sighand;
	sigset_t blocked;
	struct seccomp seccomp;
	kuid_t loginuid;
	unsigned int sessionid;
	struct task_io_accounting ioac;
	struct css_set *cgroups;
};

/* Before 4eb3ffd1dd2f ("mm: oom: ...", backported widely) mark_victim gave a number only; its record tells. */
struct trace_event_raw_mark_victim {
	__u32 uid;
};

struct mem_cgroup {
	bool oom_lock; /* a limit was reached here or above, and a victim is being looked for */
};

struct seq_file {
	unsigned long size;
	unsigned long count;
};

struct bpf_iter_meta {
	struct seq_file *seq;
};

struct bpf_iter__task {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
};

#pragma clang attribute pop
#pragma clang diagnostic pop

#endif
