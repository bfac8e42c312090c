package dev.weft.graph.pass;

import dev.weft.graph.Program;
import java.util.ArrayList;
import java.util.List;

/** Passes in the order in which they run. */
public record Pipeline(List<Pass> passes) {

    /** Sees the program after every pass, and may refuse it by throwing. */
    @FunctionalInterface
    public interface Observer {

        /** Looks at nothing. */
        Observer NONE = (number, pass, program) -> {};

        /** Called with the pass's number, from 1, and its result. */
        void after(int number, Pass pass, Program result);

        /** This one, then the other. */
        default Observer then(Observer next) {
            return (number, pass, program) -> {
                after(number, pass, program);
                next.after(number, pass, program);
            };
        }
    }

    /**
     * What one pass did.
     *
     * @param before values in all functions of the program before it
     * @param after the same after it
     * @param nanos its wall-clock time
     */
    public record Step(String pass, String summary, long before, long after, long nanos) {}

    /** The finished program, and what every pass did to it. */
    public record Result(Program program, List<Step> steps) {

        public Result {
            steps = List.copyOf(steps);
        }
    }

    public Pipeline {
        passes = List.copyOf(passes);
    }

    public static Pipeline of(Pass... passes) {
        return new Pipeline(List.of(passes));
    }

    public Program run(Program program) {
        return run(program, Observer.NONE).program();
    }

    /** Runs all passes; their times do not include the observer's. */
    public Result run(Program program, Observer observer) {
        List<Step> steps = new ArrayList<>();
        Program current = program;
        for (Pass pass : passes) {
            long before = size(current);
            long start = System.nanoTime();
            current = pass.apply(current);
            long nanos = System.nanoTime() - start;
            steps.add(new Step(pass.name(), pass.summary(), before, size(current), nanos));
            observer.after(steps.size(), pass, current);
        }
        return new Result(current, steps);
    }

    /** Values in all functions of a program. */
    public static long size(Program program) {
        return program.functions().stream()
                .mapToLong(function -> function.values().size())
                .sum();
    }
}
