/* SPDX-License-Identifier: MIT
 * tests/fuzz/fuzz_msrp.c -- what goes out on connections of MSRP. */
#include <stdio.h>

#include "fuzz_msrp.h"

void fuzz_frames_init(struct fuzz_frames *frames)
{
    frames->id[0] = '\0';
    msrp_frame_init(&frames->frame, frames->room, sizeof frames->room);
}

bool fuzz_frames_next(struct fuzz_frames *frames, struct sp_slice *octets, struct msrp_head *head)
{
    enum msrp_frame_event event;
    struct sp_where       where;

    while ((event = msrp_frame_next(&frames->frame, octets)) != MSRP_FRAME_NONE) {
        fuzz_law(event != MSRP_FRAME_BROKEN);
        if (event != MSRP_FRAME_HEAD)
            continue;
        fuzz_law(msrp_head_parse(frames->frame.octets, head, &where) == SP_OK);
        if (!head->response)
            snprintf(frames->id, sizeof frames->id, "%.*s", SP_ARG(head->id));
        return true;
    }
    return false;
}
