# SPDX-License-Identifier: MIT
# Makefile -- every target of sipush. One file, no recursion, no configure step; GNU make.
#
#   make [all]    build/sipush, libsipush.a and libsipush.so (release flavour)
#   make demo     build, then run the main job on loopback
#   make test     install libcheck if it is missing, build, run all tests; `N passed, N failed`
#   make check    the unit tests under gcc, under clang, and with ASan and UBSan
#   make sim      the simulated network: SEEDS=1000 FIRST=1 of each scenario, SCENARIO names them;
#                 SEED=n TRACE=file has one run again, octet for octet
#   make cover    lines covered by the unit tests, a file a line
#   make bend     breaks the machines of dialog/, msrp/ and push/ on purpose, or those of SOURCE,
#                 and lists what no unit test notices (slow)
#   make real     real files and one of 1 GiB between two processes, memory watched
#   make resume   kill -9 of either side at 200 random moments of a transfer, and on it goes
#   make load     10,000 pushes within 10 minutes between real processes, senders that come and go:
#                 memory and descriptors stay flat; PUSHES and LAST (seconds) say how many
#   make hostile  bad input on every open port, file names that climb, a relay under attack
#   make flood    valid, malformed and half-open traffic at full speed, FLOOD=60 seconds: memory,
#                 answers, leaks; then a quarter of it with the sanitizers. FLAVOUR=asan has all of
#                 it with them alone
#   make interop  real peers: sipp drives the receiver, tshark reads the traces of the demo
#   make fuzz     libFuzzer on every grammar, TIME=60 seconds each; FUZZ names the targets
#   make neon     the grammars of SIP as aarch64 has them, under qemu: what is found many octets at
#                 a time there too; installs the cross compiler and qemu-user
#   make bench    figures beside peers and the limit: build/bench; bench-deps installs the peers,
#                 bench-parser is one bench, INSTRUCTIONS=1 adds instructions a message (slow),
#                 bench-transaction is another, bench-msrp a third; bench-push: many pushes to
#                 many receivers, and a push that goes on
#   make size     octets of code and data of each floor, built for size
#   make rfc      what the tests prove of the RFCs: docs/rfc, joined with the tests
#   make figures  the figures of the guide, drawn from the tables of the machines
#   make lint     floors, purity, banned functions, lengths, format
#   make format   clang-format on FILES (all by default)
#   make install  DESTDIR, PREFIX
#   make clean
#
# Objects of a flavour lie in $(BUILD)/<flavour>. FLOORS="base msrp" builds these floors alone, and
# tests them alone. CFLAGS comes after the flags of the flavour, so what it says wins. V=1 shows
# the commands.

BUILD   ?= build
PREFIX  ?= /usr/local
TIME    ?= 60
FLOORS  ?= base parser sdp msrp transaction dialog push transport
VERSION := 0.1.0

CORE := base parser sdp msrp transaction dialog push

WARN := -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wundef \
        -Wcast-qual -Wwrite-strings -Wimplicit-fallthrough -Wno-missing-field-initializers
ifeq ($(CI),true)
WARN += -Werror
endif

# One set of objects serves the archive, the shared library and the command.
STANDARD := -std=c11 -fPIC -fno-semantic-interposition $(WARN)
SYSTEM   := -D_POSIX_C_SOURCE=200809L -D_DEFAULT_SOURCE

FLAGS_debug   := -Og -g
FLAGS_release := -O2 -g
FLAGS_small   := -Os -DNDEBUG -ffunction-sections -fdata-sections -fno-asynchronous-unwind-tables
FLAGS_asan    := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined \
                 -fno-sanitize-recover=all
FLAGS_cover   := -O0 -g --coverage
FLAGS_gcc     := -O2 -g
FLAGS_clang   := -O2 -g
FLAGS_fuzz    := -O1 -g -fno-omit-frame-pointer -fsanitize=fuzzer-no-link,address,undefined \
                 -fno-sanitize-recover=all
FLAGS_neon    := -O2 -g -static
FLAVOURS      := debug release small asan cover gcc clang fuzz neon

LINK_small := -Wl,--gc-sections
CC_gcc     := gcc
CC_clang   := clang
CC_fuzz    := clang
CC_neon    := aarch64-linux-gnu-gcc

SOURCES     := $(foreach f,$(FLOORS),$(sort $(wildcard $f/*.c)))
ELSEWHERE   := $(filter-out $(SOURCES),$(wildcard $(CORE:=/*.c) transport/*.c))
# The command needs all floors.
TOOLS       := $(if $(ELSEWHERE),,$(sort $(wildcard tools/*.c)))
UNIT        := $(sort $(wildcard tests/unit/*.c))
# A test that needs a floor that is not there is left out, and what tests share of it.
ABSENT      := $(filter-out $(FLOORS),$(CORE) transport) $(if $(TOOLS),,tools)
UNIT        := $(filter-out $(if $(strip $(ABSENT)),$(shell tests/floors.sh $(ABSENT))),$(UNIT))
# What several tests share is linked where it is called.
HELPERS     := $(foreach u,$(UNIT),$(if $(filter test_% main.c,$(notdir $u)),,$u))
TESTS       := $(filter test_%,$(basename $(notdir $(UNIT))))
# The targets of the floors there are, and what they share.
FUZZ        ?= $(basename $(notdir $(sort $(wildcard \
               $(patsubst %,tests/fuzz/%_*.c,$(patsubst transport,sp,$(FLOORS:parser=sip)))))))
FUZZED      := tests/fuzz/fuzz.c tests/fuzz/fuzz_host.c \
               $(if $(filter msrp,$(FLOORS)),tests/fuzz/fuzz_msrp.c) \
               $(if $(filter parser,$(FLOORS)),tests/fuzz/fuzz_sip.c tests/unit/rewrite_unit.c)
# The simulated network needs all floors but transport/.
SIM         := $(if $(filter-out transport/%,$(ELSEWHERE)),,$(sort $(wildcard tests/sim/*.c)))
SCRIPTS     := $(sort $(filter-out $(if $(SIM),,%/sim_test.sh) \
               $(if $(filter transaction,$(FLOORS)),,%/figures_test.sh), \
               $(wildcard tests/*_test.sh)))
HEADERS     := $(foreach f,$(FLOORS),$(sort $(wildcard $f/*.h)))
FORMATTED   := $(sort $(wildcard *.h $(foreach d,$(CORE) transport tools tests/*,$d/*.[ch])))
FILES       ?= $(FORMATTED)

SAY = $(if $(V),,@echo '  $@' && )

PEERS       := $(sort $(wildcard tests/interop/*.sh))

.PHONY: all demo real hostile interop test check cover size lint format rfc fuzz install clean unit
.PHONY: sim bench bench-deps bench-parser
.PHONY: resume
.DELETE_ON_ERROR:

all: $(BUILD)/libsipush.a $(BUILD)/libsipush.so $(if $(TOOLS),$(BUILD)/sipush)

# ---- a flavour: objects, archive, command, unit tests ----------------------------------------

define flavour
$(BUILD)/$1/tools/%.o $(BUILD)/$1/transport/%.o: CPPFLAGS += $(SYSTEM)
$(BUILD)/$1/tests/%.o: CPPFLAGS += $(SYSTEM) -I$(BUILD)
$(BUILD)/$1/tests/%.o: WARN_LESS := -Wno-missing-prototypes

$(BUILD)/$1/%.o: %.c
	@mkdir -p $$(@D)
	$$(SAY)$$(or $(CC_$1),$$(CC)) $(STANDARD) $$(WARN_LESS) $(FLAGS_$1) $$(CPPFLAGS) $$(CFLAGS) \
	    -MMD -MP -c -o $$@ $$<

$(BUILD)/$1/libsipush.a: $(SOURCES:%.c=$(BUILD)/$1/%.o)
	@rm -f $$@
	$$(SAY)ar qcs $$@ $$^

$(BUILD)/$1/sipush: $(TOOLS:%.c=$(BUILD)/$1/%.o) $(BUILD)/$1/libsipush.a
	$$(SAY)$$(or $(CC_$1),$$(CC)) $(FLAGS_$1) $$(CFLAGS) $(LINK_$1) $$(LDFLAGS) -o $$@ $$^ $$(LDLIBS)

$(UNIT:%.c=$(BUILD)/$1/%.o): | $(BUILD)/.libcheck
$(BUILD)/$1/tests/unit/main.o: $(BUILD)/suites.h
$(BUILD)/$1/helpers.a: $(HELPERS:%.c=$(BUILD)/$1/%.o)
	@rm -f $$@
	$$(SAY)ar qcs $$@ $$^

$(BUILD)/$1/unit: $(patsubst %.c,$(BUILD)/$1/%.o,$(filter-out $(HELPERS),$(UNIT))) \
                  $(BUILD)/$1/helpers.a \
                  $(patsubst %.c,$(BUILD)/$1/%.o,$(filter-out tools/main.c,$(TOOLS))) \
                  $(BUILD)/$1/libsipush.a
	$$(SAY)$$(or $(CC_$1),$$(CC)) $(FLAGS_$1) $$(CFLAGS) $$(LDFLAGS) -o $$@ $$^ \
	    $$$$(tests/libcheck.sh libs) $$(LDLIBS)

$(BUILD)/$1/sim: $(SIM:%.c=$(BUILD)/$1/%.o) $(BUILD)/$1/libsipush.a
	$$(SAY)$$(or $(CC_$1),$$(CC)) $(FLAGS_$1) $$(CFLAGS) $$(LDFLAGS) -o $$@ $$^ $$(LDLIBS)

$(BUILD)/$1/fuzz.a: $(FUZZED:%.c=$(BUILD)/$1/%.o)
	@rm -f $$@
	$$(SAY)ar qcs $$@ $$^

$(BUILD)/$1/replay/%: $(BUILD)/$1/tests/fuzz/%.o \
                  $(BUILD)/$1/tests/fuzz/replay.o $(BUILD)/$1/fuzz.a $(BUILD)/$1/libsipush.a
	@mkdir -p $$(@D)
	$$(SAY)$$(or $(CC_$1),$$(CC)) $(FLAGS_$1) $$(CFLAGS) $$(LDFLAGS) -o $$@ $$^ $$(LDLIBS)
endef
$(foreach f,$(FLAVOURS),$(eval $(call flavour,$f)))

-include $(wildcard $(FLAVOURS:%=$(BUILD)/%/*/*.d) $(FLAVOURS:%=$(BUILD)/%/tests/*/*.d))

$(BUILD)/libsipush.a: $(BUILD)/release/libsipush.a
	$(SAY)cp $< $@

$(BUILD)/libsipush.so: $(SOURCES:%.c=$(BUILD)/release/%.o)
	@mkdir -p $(@D)
	$(SAY)$(CC) $(FLAGS_release) $(CFLAGS) $(LDFLAGS) -shared -Wl,-soname,libsipush.so.0 -o $@ $^

$(BUILD)/sipush: $(BUILD)/release/sipush
	$(SAY)cp $< $@

demo: all
	@BUILD='$(BUILD)' tests/demo.sh $(BUILD)/sipush

real: all
	@BUILD='$(BUILD)' tests/real.sh $(BUILD)/sipush

resume: all
	@BUILD='$(BUILD)' tests/resume.sh $(BUILD)/sipush

$(BUILD)/load: $(BUILD)/release/tests/load/load.o $(BUILD)/release/libsipush.a
	$(SAY)$(CC) $(FLAGS_release) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

.PHONY: load
load: all $(BUILD)/load
	@BUILD='$(BUILD)' tests/load.sh $(BUILD)/sipush $(BUILD)/load

hostile: all
	@BUILD='$(BUILD)' tests/hostile.sh $(BUILD)/sipush
	@BUILD='$(BUILD)' tests/relay_attack.sh $(BUILD)/sipush

.PHONY: bend
bend: $(BUILD)/.libcheck
	@BUILD='$(BUILD)' tests/bend.sh $(SOURCE)

.PHONY: flood
FLOOD ?= 60
ifdef FLAVOUR
flood: $(BUILD)/$(FLAVOUR)/sipush
	@BUILD='$(BUILD)' CC='$(CC)' FLOOD='$(FLOOD)' tests/flood.sh $<
else
flood: all $(BUILD)/asan/sipush
	@BUILD='$(BUILD)' CC='$(CC)' FLOOD='$(FLOOD)' tests/flood.sh $(BUILD)/sipush
	@BUILD='$(BUILD)' CC='$(CC)' FLOOD=$$(($(FLOOD) / 4 + 1)) tests/flood.sh $(BUILD)/asan/sipush
endif

interop: demo
	@for peer in $(PEERS); do BUILD='$(BUILD)' $$peer $(BUILD)/sipush || exit 1; done

# ---- tests -----------------------------------------------------------------------------------

$(BUILD)/.libcheck:
	@mkdir -p $(@D)
	@CC='$(CC)' tests/libcheck.sh install
	@touch $@

# The names of the suites, from the names of the files; rewritten only when they change.
$(BUILD)/suites.h: FORCE
	@mkdir -p $(@D)
	@{ printf 'Suite *%s_suite(void);\n' $(TESTS); \
	   echo 'static const struct unit_suite unit_suites[] = {'; \
	   for t in $(TESTS); do printf '    { "%s", %s_suite },\n' $${t#test_} $$t; done; \
	   echo '};'; } >$@.new
	@if cmp -s $@.new $@; then rm $@.new; else mv $@.new $@; fi
.PHONY: FORCE
FORCE:

unit: $(BUILD)/debug/unit

test: $(BUILD)/debug/unit $(FUZZ:%=$(BUILD)/debug/replay/%) \
      $(if $(TOOLS),$(BUILD)/sipush $(BUILD)/load $(BUILD)/bench/push_sipush \
      $(BUILD)/bench/push_limit) \
      $(if $(SIM),$(BUILD)/debug/sim) $(if $(filter transaction,$(FLOORS)),$(BUILD)/debug/figures)
	@BUILD='$(BUILD)' CC='$(CC)' FUZZ='$(FUZZ)' tests/run.sh $(BUILD)/debug/unit $(SCRIPTS)

check: $(BUILD)/gcc/unit $(BUILD)/clang/unit $(BUILD)/asan/unit $(FUZZ:%=$(BUILD)/asan/replay/%) \
       $(if $(SIM),$(BUILD)/asan/sim)
	@BUILD='$(BUILD)' tests/run.sh $(BUILD)/gcc/unit $(BUILD)/clang/unit
	@BUILD='$(BUILD)' FLAVOUR=asan FUZZ='$(FUZZ)' CK_FORK=no \
	    tests/run.sh $(BUILD)/asan/unit tests/fuzz_test.sh $(if $(SIM),tests/sim_test.sh)

# Many seeds of every scenario, or of SCENARIO; or one again, with all that happens in a file.
SEEDS ?= 1000
FIRST ?= 1
sim: $(BUILD)/release/sim
	@cp $< $(BUILD)/sim
	@$(BUILD)/sim $(SCENARIO:%=--scenario %) $(if $(SEED),--seed $(SEED) $(TRACE:%=--trace %), \
	    --seeds $(SEEDS) --first $(FIRST))

# Where libFuzzer cannot be had, the corpus is replayed under the sanitizers instead.
ifneq ($(filter fuzz,$(MAKECMDGOALS)),)
LIBFUZZER := $(shell tests/libfuzzer.sh && echo yes)
endif
$(BUILD)/fuzz/target/%: $(BUILD)/fuzz/tests/fuzz/%.o $(BUILD)/fuzz/fuzz.a \
                        $(BUILD)/fuzz/libsipush.a
	@mkdir -p $(@D)
	$(SAY)$(CC_fuzz) $(FLAGS_fuzz) -fsanitize=fuzzer $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)
# So that make keeps them.
.SECONDARY: $(foreach v,$(FLAVOURS),$(patsubst %,$(BUILD)/$v/tests/fuzz/%.o,$(FUZZ) replay))

fuzz: $(FUZZ:%=$(if $(LIBFUZZER),$(BUILD)/fuzz/target/%,$(BUILD)/asan/replay/%)) \
      $(FUZZ:%=$(BUILD)/debug/replay/%)
	@BUILD='$(BUILD)' TIME='$(TIME)' FLAVOUR=asan \
	    tests/fuzz.sh $(if $(LIBFUZZER),run,replay) $(FUZZ)

ifneq ($(filter neon,$(MAKECMDGOALS)),)
NEON := $(if $(shell tests/neon.sh && echo yes),$(filter sip_%,$(FUZZ)),$(error no aarch64 here))
endif
.PHONY: neon
neon: $(NEON:%=$(BUILD)/neon/replay/%)
	@BUILD='$(BUILD)' FLAVOUR=neon RUN=qemu-aarch64 tests/fuzz.sh replay $(NEON)

# ---- benches: figures side by side in one run; a peer that is not installed is left out -------

BENCH_PEERS := libosip2:libosip2 sofia-sip:sofia-sip-ua libre:libre picohttpparser:libh2o-evloop
bench: bench-parser bench-transaction bench-msrp bench-push

bench-deps:
	@tests/bench/deps.sh

$(BUILD)/release/tests/bench/bench_parser.o: CPPFLAGS += -fno-builtin-malloc
BENCH_OBJECTS := $(patsubst %.c,$(BUILD)/release/%.o,$(wildcard tests/bench/bench_*.c \
                 tests/bench/*_sipush.c tests/bench/*_limit.c))
.SECONDARY: $(BENCH_OBJECTS)
$(BUILD)/bench/%: $(BUILD)/release/tests/bench/%.o $(BUILD)/release/libsipush.a
	@mkdir -p $(@D)
	$(SAY)$(CC) $(FLAGS_release) $(CFLAGS) $(LDFLAGS) -o $@ $^ -ldl $(LDLIBS)

bench-parser: $(BUILD)/bench/bench_parser $(BUILD)/bench/bench_growth
	@for p in $(BENCH_PEERS); do \
	    CC='$(CC)' tests/bench/peer.sh $${p%:*} $${p#*:} $(BUILD)/bench/peer_$${p%:*}.so || exit 1; \
	done
	@$(BUILD)/bench/bench_parser $(BUILD)/bench/parser.tsv \
	    $$(find $(BUILD)/bench -name 'peer_*.so' | sort)
	@$(BUILD)/bench/bench_growth $(BUILD)/bench/parser.tsv
	@$(if $(INSTRUCTIONS),tests/bench/instructions.sh $(BUILD)/bench/bench_parser \
	    $(BUILD)/bench/parser.tsv $$(find $(BUILD)/bench -name 'peer_*.so' | sort))

.PHONY: bench-msrp
bench-msrp: $(BUILD)/bench/msrp_sipush $(BUILD)/bench/msrp_limit
	@tests/bench/msrp.sh $(BUILD)/bench

.PHONY: bench-push
bench-push: $(BUILD)/bench/push_sipush $(BUILD)/bench/push_limit $(BUILD)/sipush
	@tests/bench/push.sh $(BUILD)/bench $(BUILD)/sipush

.PHONY: bench-transaction
BENCH_TRANSACTION := bench_transaction bench_open bench_loop server_sipush server_limit \
                     client_sipush
bench-transaction: $(BENCH_TRANSACTION:%=$(BUILD)/bench/%)
	@CC='$(CC)' tests/bench/transaction.sh $(BUILD)/bench

cover: $(BUILD)/cover/unit
	@find $(BUILD)/cover -name '*.gcda' -delete
	@$(BUILD)/cover/unit >$(BUILD)/cover/unit.log
	@tests/cover.sh $(BUILD)/cover $(SOURCES)

size: $(SOURCES:%.c=$(BUILD)/small/%.o) $(if $(TOOLS),$(BUILD)/small/sipush)
	@for f in $(FLOORS); do \
	    set -- $(BUILD)/small/$$f/*.o; [ -e "$$1" ] || continue; \
	    size -t "$$@" | awk -v f=$$f 'END { printf "%-12s %7d text %5d data\n", f, $$1, $$2 }'; \
	done
	@if [ -e $(BUILD)/small/sipush ]; then \
	    size $(BUILD)/small/sipush | \
	        awk 'END { printf "%-12s %7d text %5d data\n", "sipush", $$1, $$2 }'; fi

# ---- the law of the house --------------------------------------------------------------------

lint: $(patsubst %.c,$(BUILD)/release/%.o,$(filter-out transport/%,$(SOURCES)))
	@CC='$(CC)' OBJECTS=$(BUILD)/release FLOORS='$(FLOORS) tools tests' tests/lint.sh

rfc:
	@tests/rfc.sh

$(BUILD)/debug/figures: $(BUILD)/debug/tests/figures/figures.o $(BUILD)/debug/libsipush.a
	$(SAY)$(CC) $(FLAGS_debug) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

.PHONY: figures
figures: $(BUILD)/debug/figures
	@$< docs/guide/transactions.md >$(BUILD)/transactions.md
	@cmp -s $(BUILD)/transactions.md docs/guide/transactions.md || \
	    cp $(BUILD)/transactions.md docs/guide/transactions.md

format:
	clang-format -i $(FILES)

# ---- installing ------------------------------------------------------------------------------

define PC
prefix=$(PREFIX)
libdir=$${prefix}/lib
includedir=$${prefix}/include

Name: sipush
Description: SIP/MSRP push: sender and receiver agents, and the floors under them
Version: $(VERSION)
Libs: -L$${libdir} -lsipush
Cflags: -I$${includedir}
endef
export PC

DEST := $(DESTDIR)$(PREFIX)
install: all
	install -d $(DEST)/bin $(DEST)/lib/pkgconfig $(FLOORS:%=$(DEST)/include/sipush/%)
	for h in $(HEADERS); do install -m 644 $$h $(DEST)/include/sipush/$$h || exit 1; done
	sed 's|#include "|#include "sipush/|' sipush.h >$(DEST)/include/sipush.h
	install -m 644 $(BUILD)/libsipush.a $(DEST)/lib/
	install -m 755 $(BUILD)/libsipush.so $(DEST)/lib/libsipush.so.0
	ln -sf libsipush.so.0 $(DEST)/lib/libsipush.so
	printf '%s\n' "$$PC" >$(DEST)/lib/pkgconfig/sipush.pc
	$(if $(TOOLS),install -m 755 $(BUILD)/sipush $(DEST)/bin/)
	for m in $(wildcard docs/man/*.[1-9]); do \
	    install -D -m 644 $$m $(DEST)/share/man/man$${m##*.}/$${m##*/} || exit 1; done

clean:
	rm -rf $(BUILD)
