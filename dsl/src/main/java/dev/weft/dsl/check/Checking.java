package dev.weft.dsl.check;

import dev.weft.dsl.ast.Declaration;
import dev.weft.dsl.ast.Span;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What all parts of one check share: the report, which function calls which, and what is being worked out right now. */
final class Checking {
    private final Report report;
    private final Report loud;
    private final Counter counter;
    private final Map<Declaration.Function, Map<Declaration.Function, Span>> calls;
    private final Set<Object> inProgress;
    private final @Nullable Dropped dropped;

    private static final class Counter {
        private int last;
    }

    private Checking(
            Report report,
            Report loud,
            Counter counter,
            Map<Declaration.Function, Map<Declaration.Function, Span>> calls,
            Set<Object> inProgress,
            @Nullable Dropped dropped) {
        this.report = report;
        this.loud = loud;
        this.counter = counter;
        this.calls = calls;
        this.inProgress = inProgress;
        this.dropped = dropped;
    }

    static Checking start() {
        return start(null);
    }

    /** @param dropped told of every statement, where somebody asks */
    static Checking start(@Nullable Dropped dropped) {
        Report report = new Report();
        return new Checking(
                report,
                report,
                new Counter(),
                new IdentityHashMap<>(),
                Collections.newSetFromMap(new IdentityHashMap<>()),
                dropped);
    }

    /** The same, with findings dropped: for what is reported elsewhere. */
    Checking silent() {
        return new Checking(new Report(), loud, counter, calls, inProgress, null);
    }

    Optional<Dropped> dropped() {
        return Optional.ofNullable(dropped);
    }

    Report report() {
        return report;
    }

    /** The report that is not dropped, for what may be found anywhere and is reported once. */
    Report loud() {
        return loud;
    }

    /** A number that no symbol has yet; the first few are for signatures and bound models. */
    int fresh() {
        return 10 + counter.last++;
    }

    void call(Declaration.Function caller, Declaration.Function callee, Span at) {
        calls.computeIfAbsent(caller, unused -> new IdentityHashMap<>()).putIfAbsent(callee, at);
    }

    /** Marks something as being worked out; false if it is already, so that it depends on itself. */
    boolean enter(Object what) {
        return inProgress.add(what);
    }

    void leave(Object what) {
        inProgress.remove(what);
    }

    /** The functions that can come back to themselves, with a call that leads there. */
    Map<Declaration.Function, Span> recursive() {
        Map<Declaration.Function, Span> found = new LinkedHashMap<>();
        for (Declaration.Function start : calls.keySet()) {
            Set<Declaration.Function> seen = Collections.newSetFromMap(new IdentityHashMap<>());
            Deque<Declaration.Function> work = new ArrayDeque<>();
            work.add(start);
            while (!work.isEmpty()) {
                Map<Declaration.Function, Span> next = calls.getOrDefault(work.pop(), Map.of());
                if (next.containsKey(start)) {
                    found.put(start, next.get(start));
                    break;
                }
                next.keySet().stream().filter(seen::add).forEach(work::add);
            }
        }
        return found;
    }
}
