/* SPDX-License-Identifier: MIT
 * tests/fuzz/fuzz_msrp.h -- what goes out on connections of MSRP: frames, one behind the other. */
#ifndef SIPUSH_TESTS_FUZZ_FUZZ_MSRP_H
#define SIPUSH_TESTS_FUZZ_FUZZ_MSRP_H

#include "../../msrp/msrp_frame.h"
#include "../../msrp/msrp_head.h"
#include "fuzz.h"

struct fuzz_frames {
    struct msrp_frame frame;
    char              room[2048];
    char              id[40]; /* of the last request that went out */
};

void fuzz_frames_init(struct fuzz_frames *frames);
/* Reads on in `octets` up to the next head, and takes that away; false: there is none. The laws:
 * it is frames, and each head can be read. */
bool fuzz_frames_next(struct fuzz_frames *frames, struct sp_slice *octets, struct msrp_head *head);

#endif
