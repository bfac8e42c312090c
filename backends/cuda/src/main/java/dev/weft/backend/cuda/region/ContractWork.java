package dev.weft.backend.cuda.region;

import dev.weft.backend.cuda.codegen.DotKernel;
import dev.weft.backend.cuda.codegen.Kernel;
import dev.weft.backend.cuda.codegen.MapKernels;
import dev.weft.backend.cuda.codegen.NarrowKernel;
import dev.weft.backend.cuda.device.Epilogue.Auxiliary;
import dev.weft.backend.cuda.epilogue.Ending;
import dev.weft.backend.cuda.epilogue.Endings;
import dev.weft.graph.Value;
import dev.weft.graph.schedule.MatrixProduct;
import dev.weft.graph.schedule.Region;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a contract region becomes: a product that ends as much of the region as cuBLASLt can, and a kernel for the outputs that remain,
 * which reads what the product stored.
 */
final class ContractWork {
    /** cuBLASLt wants the leading dimension of an auxiliary matrix to be a multiple of this. */
    private static final int AUXILIARY_MULTIPLE = 8;

    private final Region region;
    private final Value dot;
    private final Map<Value, Value> sharing;
    private final ProductSupport support;
    private final Set<Value> own;

    private ContractWork(Region region, Map<Value, Value> sharing, ProductSupport support) {
        this.region = region;
        this.dot = region.dotValue();
        this.sharing = sharing;
        this.support = support;
        this.own = new HashSet<>(region.values());
    }

    static RegionWork of(Region region, Map<Value, Value> sharing, ProductSupport support) {
        return new ContractWork(region, sharing, support).work();
    }

    private RegionWork work() {
        Optional<MatrixProduct> product = Products.of(dot, value -> !own.contains(value));
        if (product.isEmpty()) {
            boolean empty = dot.type().shape().elements() == 0;
            return after(
                    empty ? List.of() : List.of(new Work.Run(DotKernel.of(dot, region.values(), sharing))),
                    Ending.none(dot));
        }
        Optional<Ending> sum = operandSum(product.get());
        if (sum.isPresent()) {
            return after(List.of(ended(product.get(), sum.get()).orElseThrow()), sum.get());
        }
        for (Ending ending : Endings.of(region, product.get().n().size())) {
            if (fits(ending, product.get()) && leavesEnough(ending)) {
                Optional<Work.Multiply> made = ended(product.get(), ending);
                if (made.isPresent() && support.offers().test(made.get().product())) {
                    return after(List.of(made.get()), ending);
                }
            }
        }
        Ending plain = Ending.none(dot);
        return after(List.of(ended(product.get(), plain).orElseThrow()), plain);
    }

    private Optional<Work.Multiply> ended(MatrixProduct product, Ending ending) {
        return Products.ended(product, ending, support.tf32());
    }

    /** A sum of an operand is in a region only where the device offers it with the product itself. */
    private Optional<Ending> operandSum(MatrixProduct product) {
        return region.outputs().stream()
                .flatMap(output -> OperandSums.ending(product, output).stream())
                .findFirst();
    }

    /** Whether what goes with the product lies as cuBLASLt wants it: nothing where the result is, but for an addend. */
    private boolean fits(Ending ending, MatrixProduct product) {
        boolean extra = ending.epilogue().auxiliary() != Auxiliary.NONE;
        boolean apart = ending.made().stream()
                .filter(sharing::containsKey)
                .allMatch(made ->
                        made.equals(ending.result()) && sharing.get(made).equals(ending.addend()));
        return apart && (!extra || Products.isWhole(product) && product.n().size() % AUXILIARY_MULTIPLE == 0);
    }

    /** Whether the outputs that remain need the product itself no more, nor an input that the result lies on. */
    private boolean leavesEnough(Ending ending) {
        Set<Value> needed = needed(ending);
        Value overwritten = sharing.get(ending.result());
        return !needed.contains(dot) && (overwritten == null || !needed.contains(overwritten));
    }

    private List<Value> rest(Ending ending) {
        return region.outputs().stream()
                .filter(value -> !ending.made().contains(value))
                .toList();
    }

    /** The outputs that remain and all that they are computed from, up to what is stored. */
    private Set<Value> needed(Ending ending) {
        Set<Value> needed = new HashSet<>();
        Deque<Value> open = new ArrayDeque<>(rest(ending));
        while (!open.isEmpty()) {
            Value value = open.pop();
            if (needed.add(value) && own.contains(value) && !ending.made().contains(value)) {
                open.addAll(value.operands());
            }
        }
        return needed;
    }

    private RegionWork after(List<Work> product, Ending ending) {
        List<Work> work = new ArrayList<>();
        List<Value> temporaries = new ArrayList<>();
        ending.narrowed().ifPresent(vector -> work.add(new Work.Run(NarrowKernel.of(vector))));
        work.addAll(product);
        if (!region.outputs().contains(ending.result())) {
            temporaries.add(ending.result());
        }
        List<Value> rest = rest(ending);
        if (!rest.isEmpty()) {
            Set<Value> needed = needed(ending);
            List<Value> values = region.values().stream()
                    .filter(value -> needed.contains(value) && !ending.made().contains(value))
                    .toList();
            long rows = region.space().outerElements();
            work.addAll(runs(MapKernels.of(rows, region.space().rowElements(), values, rest, sharing)));
        }
        return new RegionWork(work, temporaries);
    }

    private static List<Work> runs(List<Kernel> kernels) {
        return kernels.stream().<Work>map(Work.Run::new).toList();
    }
}
