/*
 * The slot protocol of docs/replay-format.md, to be checked exhaustively by spin (check-model.sh): two writers, two readers,
 * three slots; at most one writer dies, before any step, and another process takes its lease over. Steps bear the names
 * they have in the code (ClaimWindow.cs: C1 to C6, RowSlots.cs: W1 to W4 and R1 to R4). A row's payload is two words, both
 * of them the row's position; they are stored and loaded in either order, as nothing orders them.
 *
 * Checked: no reader accepts a torn row or one that is not what its stamp says; no two living writers write one slot at
 * once; nobody gets stuck. What is not modelled: reordering beyond the payload's own. The variants NO_W2 and NO_R3 below
 * stand for a processor that uses the freedom a missing barrier leaves, and both fail, as they must.
 *
 * Variants that must fail: -DSTAMP_FIRST -DNO_RECHECK -DNO_CLAIM_CHECK -DNO_ANNOUNCEMENT -DNO_W2 -DNO_R3 -DPRESUMED_DEAD,
 * and -DDEAD_KEEP_LEASES, under which a writer waits for a dead one for ever.
 */
#ifndef ROWS
#define ROWS 1          /* rows of a claim */
#endif
#ifndef LAST
#define LAST 4          /* positions that are given out; writers stop there */
#endif
#ifndef READERS
#define READERS 2
#endif
#define CAPACITY 3
#define IDLE 255
#define EXACT 64
#define WRITING 64
#define SLOT(stamped) (((stamped) - 1) % CAPACITY)
#define OURS 0
#define SHARED 1
#define UNKNOWN 2

byte tail = 0;
byte stamp[CAPACITY];       /* 0 empty, p + 1 published, WRITING + p + 1 being written */
byte first[CAPACITY];       /* the payload's two words */
byte second[CAPACITY];

byte owner[2];              /* incarnation that holds the lease; 0 free */
byte claim[2] = IDLE;       /* IDLE, a lower bound, or EXACT + start */
bool dead[4];               /* by incarnation: 1 and 2 begin, 3 takes over */

byte victim = 0;            /* the incarnation that is killed; 0 none */
byte busy[CAPACITY];        /* ghost: the living incarnation that writes the slot */

#define PAYLOAD(slot, value) \
    if \
    :: first[slot] = value; second[slot] = value \
    :: second[slot] = value; first[slot] = value \
    fi

inline write_row(me, position) {
    slot = (position) % CAPACITY;
    d_step {
        assert(busy[slot] == 0 || dead[busy[slot]]);
        busy[slot] = me;
#if defined(STAMP_FIRST)
        stamp[slot] = (position) + 1
    }
    PAYLOAD(slot, position);
    busy[slot] = 0
#elif defined(NO_W2)
        first[slot] = position                  /* a payload store that has risen above W1 */
    }
    stamp[slot] = WRITING + (position) + 1;
    second[slot] = position;
    d_step { stamp[slot] = (position) + 1; busy[slot] = 0 }
#else
        stamp[slot] = WRITING + (position) + 1  /* W1, W2 */
    }
    PAYLOAD(slot, position);                    /* W3 */
    d_step { stamp[slot] = (position) + 1; busy[slot] = 0 }     /* W4 */
#endif
}

/* The same steps as a group of rows takes them that is streamed: side by side. */
inline mark_row(me, position) {
    slot = (position) % CAPACITY;
    d_step {
        assert(busy[slot] == 0 || dead[busy[slot]]);
        busy[slot] = me;
        stamp[slot] = WRITING + (position) + 1  /* W1, W2 */
    }
}

inline stream_row(position) {
    slot = (position) % CAPACITY;
    PAYLOAD(slot, position)                     /* W3 */
}

inline publish_row(position) {
    slot = (position) % CAPACITY;
    d_step { stamp[slot] = (position) + 1; busy[slot] = 0 }     /* W4 */
}

proctype Writer(byte lease; byte me) {
    byte start, limit, seen, from, slot, row, gap, holder, verdict;
    bool suspect;
    byte other = 1 - lease;
    {
        /* The lease: from nobody or from the dead. */
        atomic { owner[lease] == 0 || dead[owner[lease]]; owner[lease] = me };
        claim[lease] = IDLE;
again:
        do
        :: tail + ROWS > LAST -> break
        :: else ->
#ifndef NO_ANNOUNCEMENT
            seen = tail;                                        /* C1 */
            d_step { claim[lease] = seen; seen = 0 };
#endif
            d_step { start = tail; tail = tail + ROWS };        /* C2 */
            claim[lease] = EXACT + start;                       /* C3 */
judge:
#ifndef NO_CLAIM_CHECK
            if
            :: start + ROWS <= limit -> skip                    /* C4 */
            :: else ->                                          /* C5 */
                holder = owner[other];
                if
                :: holder == 0 -> limit = start + CAPACITY
                :: else ->
                    d_step {
                        seen = claim[other];
                        limit = start + CAPACITY;
                        verdict = OURS;
                        if
                        :: seen == IDLE -> from = start
                        :: seen != IDLE && seen >= EXACT -> from = seen - EXACT
                        :: seen != IDLE && seen < EXACT -> from = seen
                        fi;
                        if
                        :: from < start ->
                            limit = from + CAPACITY;
                            gap = (start - from) % CAPACITY;
                            if
                            :: start + ROWS <= limit
                            :: start + ROWS > limit && seen < EXACT -> verdict = UNKNOWN
                            :: start + ROWS > limit && seen >= EXACT && (gap < ROWS || CAPACITY - gap < ROWS) -> verdict = SHARED
                            :: else
                            fi
                        :: else
                        fi;
                        seen = 0; from = 0; gap = 0
                    }
                    if
                    :: verdict == OURS
                    :: else ->
                        /* Whether its holder is dead; the exchange names the holder that was found so. */
                        d_step {
                            holder = owner[other];
#ifdef PRESUMED_DEAD
                            suspect = holder != 0
#elif defined(DEAD_KEEP_LEASES)
                            suspect = false
#else
                            suspect = holder != 0 && dead[holder]
#endif
                        }
                        d_step {
                            if
                            :: suspect && owner[other] == holder -> owner[other] = 0
                            :: else
                            fi;
                            suspect = false; holder = 0
                        }
                        if
                        :: verdict == SHARED -> verdict = OURS; goto again      /* given up; claim anew */
                        :: else -> verdict = OURS; goto judge
                        fi
                    fi
                fi;
                holder = 0
            fi;
#endif
#ifdef SIDE_BY_SIDE
            do
            :: row < ROWS -> mark_row(me, start + row); d_step { row++; slot = 0 }
            :: else -> break
            od;
            row = 0;
            do
            :: row < ROWS -> stream_row(start + row); d_step { row++; slot = 0 }
            :: else -> break
            od;
            row = 0;
            do
            :: row < ROWS -> publish_row(start + row); d_step { row++; slot = 0 }
            :: else -> break
            od;
#else
            do
            :: row < ROWS -> write_row(me, start + row); d_step { row++; slot = 0 }
            :: else -> break
            od;
#endif
            row = 0;
progress:
            claim[lease] = IDLE                                 /* C6 */
        od;
        claim[lease] = IDLE;
        owner[lease] = 0
    } unless {
        victim == me
    }
    /* What a process that has ended still remembers is no difference between states. */
    d_step {
        dead[me] = (victim == me);
        start = 0; limit = 0; seen = 0; from = 0; slot = 0; row = 0; gap = 0; holder = 0; verdict = 0; suspect = false
    }
}

/* Loads in one order only: the writer stores in both. Of the copy only what matters is kept: whether it is row before - 1. */
proctype Reader() {
    byte before;
    bool whole;
#ifdef NO_R3
    bool changed;
#endif
end:
    do
    ::
        atomic {                                                /* R1 */
            if
            :: stamp[0] != 0 && stamp[0] < WRITING -> before = stamp[0]
            :: stamp[1] != 0 && stamp[1] < WRITING -> before = stamp[1]
            :: stamp[2] != 0 && stamp[2] < WRITING -> before = stamp[2]
            fi
        }
        whole = first[SLOT(before)] == before - 1;              /* R2 */
#ifdef NO_R3
        /* A payload load that has sunk below R4. */
        changed = stamp[SLOT(before)] != before;
        whole = whole && second[SLOT(before)] == before - 1;
#else
        if
        :: whole -> whole = second[SLOT(before)] == before - 1
        :: else                                                 /* torn already: what the rest is makes no difference */
        fi;
#endif
        d_step {
#ifdef NO_R3
            assert(changed || whole);
            changed = false;
#elif defined(NO_RECHECK)
            assert(whole);
#else
            assert(stamp[SLOT(before)] != before || whole);     /* R3, R4 */
#endif
            before = 0; whole = false
        }
    od
}

/* Kills writer 2 at any moment, or never; then another process takes its lease over. */
proctype Killer() {
    if
    :: victim = 2;
end_no_longer_there:
        dead[2];
#ifndef NO_SUCCESSOR
        run Writer(1, 3)
#endif
    :: skip
    fi
}

init {
    atomic {
        run Writer(0, 1);
        run Writer(1, 2);
#if READERS > 0
        run Reader();
#endif
#if READERS > 1
        run Reader();
#endif
        run Killer()
    }
}
