package dev.weft.backend.testkit;

import dev.weft.backend.spi.Backend;
import dev.weft.backend.spi.Support;
import dev.weft.backend.testkit.Outcome.Verdict;
import dev.weft.graph.Graph;
import dev.weft.graph.interpret.Interpreter;
import dev.weft.graph.op.Op;
import dev.weft.graph.op.OpSchema;
import dev.weft.graph.op.Primitive;
import dev.weft.graph.tensor.Tensor;
import dev.weft.graph.type.ElementType;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Every op on every element type in awkward sizes, against its reference meaning rounded to the type. */
final class OpChecks {

    /** Around the widths of vectors, tiles and blocks. */
    private static final List<Long> SIZES = List.of(0L, 1L, 7L, 8L, 9L, 255L, 257L, 511L, 513L);

    private static final List<Long> FEWER_SIZES = List.of(0L, 9L, 257L);
    private static final List<Long> STRIDED_SIZES = List.of(7L, 257L);
    private static final long SEED = 20;

    /** One case: a graph of one op, or of one op behind movement. */
    private record Case(String name, Graph graph, List<Tensor> inputs) {}

    private final Supplier<Backend> backend;

    OpChecks(Supplier<Backend> backend) {
        this.backend = backend;
    }

    List<Check> checks() {
        List<Check> checks = new ArrayList<>();
        for (String mnemonic : OpSamples.mnemonics()) {
            Class<?> record = OpSchema.byMnemonic().get(mnemonic).record();
            if (Primitive.class.isAssignableFrom(record)) {
                for (ElementType element : ElementType.values()) {
                    if (OpSamples.elements(mnemonic).contains(element)) {
                        checks.add(new Check(
                                "ops",
                                mnemonic + " " + element,
                                check -> run(check, record.asSubclass(Primitive.class), mnemonic, element)));
                    }
                }
            }
        }
        return checks;
    }

    private Outcome run(Check check, Class<? extends Primitive> op, String mnemonic, ElementType element) {
        Support support = backend.get().supports(op, element);
        if (support.answer() == Support.Answer.NO) {
            return check.outcome(Verdict.UNSUPPORTED, 0, support.reason());
        }
        List<Case> cases = cases(mnemonic, element);
        double worst = 0;
        try (Harness harness = new Harness(
                backend.get(), Programs.of(cases.stream().map(Case::graph).toList()))) {
            for (int i = 0; i < cases.size(); i++) {
                worst = Math.max(worst, compare(harness, i, cases.get(i)));
            }
        }
        return support.answer() == Support.Answer.DECOMPOSE
                ? check.outcome(Verdict.DECOMPOSED, worst, support.reason())
                : check.passed(worst);
    }

    private static double compare(Harness harness, int number, Case one) {
        Tensor wanted = Interpreter.evaluate(one.graph(), one.inputs(), Interpreter.Mode.TYPED)
                .getFirst();
        Tensor got = harness.run(Programs.entry(number), one.inputs()).getFirst();
        Op op = one.graph().results().getFirst().op();
        Agreement agreement = Agreement.of(got, wanted);
        if (!agreement.within(Tolerance.of(op, wanted.type().element()))) {
            throw new AssertionError(one.name() + ": " + agreement);
        }
        return agreement.deviation();
    }

    /**
     * Every size, and every form in some of the sizes, for each form in other ones: one kernel for each pair would take minutes to
     * compile. f32, which models compute in, has the most.
     */
    private static List<Case> cases(String mnemonic, ElementType element) {
        boolean isNative = element == ElementType.F32 || element == ElementType.I32 || element == ElementType.BOOL;
        List<Long> sizes = isNative ? SIZES : FEWER_SIZES;
        int every = element == ElementType.F32 ? 2 : 3;
        List<Case> cases = new ArrayList<>();
        for (int s = 0; s < sizes.size(); s++) {
            long size = sizes.get(s);
            int form = s;
            for (OpSample sample : OpSamples.of(mnemonic, element, size, SEED + size)) {
                boolean special = sample.kind() == OpSample.Kind.SPECIAL;
                // Special values do not depend on the size: once is enough.
                if (special ? s == 1 : form++ % every == 0) {
                    cases.add(new Case(sample.name(), sample.graph(), sample.inputs()));
                }
                if (element == ElementType.F32 && STRIDED_SIZES.contains(size) && Strided.applies(sample)) {
                    Strided strided = Strided.of(sample);
                    cases.add(new Case(sample.name() + " strided", strided.graph(), strided.inputs()));
                }
            }
        }
        return cases;
    }
}
