package dev.weft.backend.testkit;

import dev.weft.backend.spi.BackendProvider;
import dev.weft.backend.testkit.Outcome.Verdict;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * The kit as a JUnit test of a backend's own build; JUnit must be there in test scope. What the backend says it does not compute is
 * skipped, with its reason.
 *
 * <pre>{@code
 * class MyConformanceTest extends BackendConformance {
 *     protected BackendProvider provider() { return new MyProvider(); }
 * }
 * }</pre>
 */
public abstract class BackendConformance {

    protected abstract BackendProvider provider();

    @TestFactory
    Stream<DynamicTest> conformance() {
        Conformance kit = new Conformance(provider());
        return kit.checks().stream()
                .map(check -> DynamicTest.dynamicTest(check.toString(), () -> {
                    Outcome outcome = check.run();
                    Assumptions.assumeFalse(outcome.verdict() == Verdict.UNSUPPORTED, outcome.detail());
                    Assertions.assertNotEquals(
                            Verdict.FAILED, outcome.verdict(), () -> check + ": " + outcome.detail());
                }))
                .onClose(kit::close);
    }
}
