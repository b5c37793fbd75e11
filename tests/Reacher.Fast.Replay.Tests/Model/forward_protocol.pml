/*
 * How rows of a machine that has joined reach the run's replay (docs/cluster.md), to be checked exhaustively by spin (check-model.sh): one
 * machine with a ring of two slots, its writer, its sender, a network that loses, repeats and reorders, and the receiver beside the replay.
 * Sender and receiver are killed at any step and started again, the receiver with what its log and the replay's stamps say (A1 to A5 in
 * StreamEntry.cs); the machine may die as a whole and come back as another life with an empty ring, while frames of the first are under way.
 *
 * Checked: no row is published twice; whatever the sender learns to be acknowledged is in the replay, so that the gate lets writers
 * overwrite nothing else; once every row of the last life is acknowledged, each is in the replay once; nobody gets stuck. Positions that a
 * dead writer has left empty are among those that are written.
 *
 * Variants that must fail: -DNO_MARK (repeated frames are not told), -DACK_FIRST and -DMARK_FIRST (a kill loses rows), -DNO_INTENT and
 * -DUNSETTLED (a kill repeats rows), -DNO_LIFE (a frame of an earlier life is taken for this one's), -DNO_AFTER (a frame overtakes a lost
 * one), -DNO_GATE (rows are overwritten that were not acknowledged).
 */
#define CAPACITY 2      /* slots of the ring */
#ifndef LAST
#define LAST 4          /* positions that the writer gives out in a life */
#endif
#ifndef KILLS
#define KILLS 2         /* of sender and receiver together */
#endif
#ifndef LIVES
#define LIVES 2
#endif
#ifndef NET
#define NET 2           /* frames under way */
#endif
#define FRAME 2         /* most positions of a frame */
#define ROW(l, p) (((l) - 1) * LAST + (p))

/* The machine. */
byte life = 1;
byte tail = 0;
byte gate = CAPACITY;
byte slot[CAPACITY];            /* position + 1; 0 where the newest position left nothing */
bool nothing[LIVES * LAST];        /* ghost: the position never became a row */

/* The network: life, after, first, count; and acknowledgements: life, mark. */
chan net = [NET] of { byte, byte, byte, byte };
chan acks = [1] of { byte, byte };

/* The log, in a mapped file, and the stamps of the replay. */
byte logLife = 1;
byte mark = 0;
bool stands = false;
byte intentFirst = 0;
byte intentPublished = 0;       /* how many rows of the last claim bear their stamp */
byte inReplay[LIVES * LAST];    /* ghost: how often each row was published */

byte kills = 0;
bool killSender = false;
bool killReceiver = false;
bool joins = false;             /* the machine has come back and asks for a place */

#define IS_ROW(p) (slot[(p) % CAPACITY] == (p) + 1)

/* What is acknowledged is in the replay. */
inline check_acknowledged(l, m) {
    d_step {
        i = 0;
        do
        :: i < m -> assert(nothing[ROW(l, i)] || inReplay[ROW(l, i)] == 1); i++
        :: else -> break
        od;
        i = 0
    }
}

proctype Writer() {
    byte me = life;
end_full:
    do
    :: life != me -> break
    :: life == me && tail == LAST -> break
#ifdef NO_GATE
    :: life == me && tail < LAST ->
#else
    :: life == me && tail < LAST && tail < gate ->
#endif
        if
        :: atomic { life == me -> slot[tail % CAPACITY] = tail + 1; tail++ }
        :: atomic { life == me -> nothing[ROW(me, tail)] = true; tail++ }      /* claimed by one who died */
        :: life != me
        fi
    od
}

proctype Sender() {
    byte me, known, sent, first, count, m, l;
    byte i;
begin:
    {
        /* Asks the receiver for the mark, once it has a place there. */
        atomic { logLife == life && !joins -> me = life; known = mark };
        check_acknowledged(me, known);
        sent = known; first = known;
end_idle:
        do
        :: life != me -> goto gone
        :: life == me && known == LAST -> goto finished
        :: life == me && first < tail && !IS_ROW(first) -> first++          /* passed over */
        :: atomic {
                life == me && first < tail && IS_ROW(first) ->
                count = 1;
                if
                :: first + 1 < tail && IS_ROW(first + 1) -> count = FRAME
                :: true
                fi;
                if
                :: nfull(net) -> net!me, sent, first, count
                :: true                                                     /* lost */
                fi;
                first = first + count; sent = first; count = 0
           }
        :: life == me && sent != known -> sent = known; first = known       /* time is up: again */
        :: atomic {
                acks??l, m ->
                if
                :: l == me && m > known -> known = m
                :: else
                fi;
                l = 0; m = 0;
                check_acknowledged(me, known);
                if
                :: sent < known -> sent = known
                :: else
                fi;
                if
                :: first < sent -> first = sent
                :: else
                fi
           }
        :: life == me ->
            atomic {
                m = (known == sent -> first : known) + CAPACITY;
                if
                :: life == me && m > gate -> gate = m
                :: else
                fi;
                /* The last positions may never become rows; then nothing of them is acknowledged, and all is done. */
                if
                :: life == me && known == sent && first == LAST -> known = LAST
                :: else
                fi;
                m = 0
            }
        od
    } unless {
        killSender
    }
    d_step { killSender = false; me = 0; known = 0; sent = 0; first = 0; count = 0; m = 0; l = 0; i = 0 }
    goto begin;
gone:
    skip;
    d_step { me = 0; known = 0; sent = 0; first = 0; count = 0; m = 0; i = 0 }
    goto begin;
finished:
    skip;
    d_step {
        i = 0;
        do
        :: i < LAST -> assert(nothing[ROW(me, i)] || inReplay[ROW(me, i)] == 1); i++
        :: else -> break
        od
    }
}

inline acknowledge(whose, upTo) {
    if
    :: nfull(acks) -> acks!whose, upTo
    :: true                                                                 /* lost */
    fi
}

proctype Receiver() {
    byte l, after, first, count, end_;
    bool accepted;
begin:
    {
        /* Settle. */
        if
        :: stands ->
#ifndef UNSETTLED
            if
            :: mark < intentFirst + intentPublished -> mark = intentFirst + intentPublished
            :: else
            fi;
#endif
            stands = false
        :: else
        fi;
end_idle:
        do
        :: joins ->                                                         /* a place for a new life */
            logLife = 0;
            stands = false;
            mark = 0;
            atomic { logLife = life; joins = false }
        :: atomic {
                nempty(net) ->
                if
                :: net?l, after, first, count
                :: net?<l, after, first, count>                             /* and it comes again */
                :: len(net) > 1 -> net?l, after, first, count; net!l, after, first, count; net?l, after, first, count   /* overtaken */
                fi;
                end_ = first + count; count = 0
           }
            d_step {
                accepted = true;
#ifndef NO_LIFE
                accepted = accepted && l == logLife;
#endif
#ifndef NO_AFTER
                accepted = accepted && after <= mark;
#endif
                after = 0;
#ifndef NO_MARK
                if
                :: first < mark -> first = mark
                :: else
                fi
#endif
            }
            if
            :: accepted && first < end_ ->
#ifdef ACK_FIRST
                acknowledge(l, end_);
#endif
#ifdef MARK_FIRST
                mark = end_;
#endif
#ifndef NO_INTENT
                d_step { intentFirst = first; intentPublished = 0 };        /* A1 */
                stands = true;                                              /* A2 */
#endif
                do
                :: first < end_ ->                                          /* A3 */
                    d_step {
                        inReplay[ROW(l, first)] = inReplay[ROW(l, first)] + 1;
                        assert(inReplay[ROW(l, first)] == 1);
                        intentPublished++;
                        first++
                    }
                :: else -> break
                od;
                mark = end_;                                                /* A4 */
                stands = false                                              /* A5 */
            :: else
            fi;
            if
            :: accepted -> acknowledge(l, mark)                             /* A6 */
            :: else
            fi;
            d_step { l = 0; first = 0; end_ = 0; accepted = false }
        od
    } unless {
        killReceiver
    }
    d_step { killReceiver = false; l = 0; after = 0; first = 0; count = 0; end_ = 0; accepted = false }
    goto begin
}

proctype Killer() {
end_bored:
    do
    :: atomic { kills < KILLS && !killSender -> kills++; killSender = true }
    :: atomic { kills < KILLS && !killReceiver -> kills++; killReceiver = true }
    :: break
    od
}

/* The whole machine, at any moment; what it had in its ring is lost. */
proctype Machine() {
#if LIVES > 1
    if
    :: atomic {
            life = 2; tail = 0; gate = CAPACITY; slot[0] = 0; slot[1] = 0; joins = true;
            run Writer()
       }
    :: true
    fi
#else
    skip
#endif
}

init {
    atomic {
        run Writer();
        run Sender();
        run Receiver();
        run Killer();
        run Machine()
    }
}
