package dev.weft.backend.testkit;

import dev.weft.backend.testkit.Outcome.Verdict;

/** One thing that a backend must satisfy; checks do not depend on each other. */
public final class Check {

    /** What a check does: its outcome, or an error that says what failed. */
    @FunctionalInterface
    interface Body {
        Outcome run(Check check);
    }

    private final String group;
    private final String name;
    private final Body body;

    Check(String group, String name, Body body) {
        this.group = group;
        this.name = name;
        this.body = body;
    }

    public String group() {
        return group;
    }

    public String name() {
        return name;
    }

    /** Runs the check; whatever is thrown is a failure. */
    public Outcome run() {
        try {
            return body.run(this);
        } catch (RuntimeException | AssertionError | UnsatisfiedLinkError e) {
            boolean said = e instanceof AssertionError && e.getMessage() != null;
            return new Outcome(
                    group, name, Verdict.FAILED, Double.POSITIVE_INFINITY, said ? e.getMessage() : thrown(e));
        }
    }

    private static String thrown(Throwable e) {
        StackTraceElement[] trace = e.getStackTrace();
        return e + (trace.length == 0 ? "" : " at " + trace[0]);
    }

    Outcome passed(double deviation) {
        return new Outcome(group, name, Verdict.PASSED, deviation, "");
    }

    Outcome outcome(Verdict verdict, double deviation, String detail) {
        return new Outcome(group, name, verdict, deviation, detail);
    }

    @Override
    public String toString() {
        return group + ": " + name;
    }
}
