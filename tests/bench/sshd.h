/* sshd.h - a real sshd on the loopback, of this process alone, and keys that
 * open it. Knows OpenSSH's files; nothing of who connects. */
#ifndef TIAN_TESTS_BENCH_SSHD_H
#define TIAN_TESTS_BENCH_SSHD_H

#include <stdbool.h>

/* Starts it, and says by $GIT_SSH_COMMAND how git and others get there as
 * host `hub`. Ends with this process. false: there is none on this machine,
 * which is told. */
bool sshd_start(void);

#endif
