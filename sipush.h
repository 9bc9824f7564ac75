/* SPDX-License-Identifier: MIT
 * sipush.h -- the umbrella: what a host of an agent needs, in one line.
 *
 * Inside the tree the paths are relative to the root; installed, this file stands beside the folder
 * sipush/ and its lines name it. Floors that are used alone are included alone, as
 * <sipush/parser/sip_msg.h>. */
#ifndef SIPUSH_H
#define SIPUSH_H

#include "base/event.h"
#include "base/io.h"
#include "base/limits.h"
#include "base/trace.h"

#endif
