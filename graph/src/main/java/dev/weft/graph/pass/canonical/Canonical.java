package dev.weft.graph.pass.canonical;

import dev.weft.graph.DefectException;
import dev.weft.graph.Graph;
import dev.weft.graph.op.Grad;
import dev.weft.graph.pass.Pass;
import dev.weft.graph.rewrite.Rewriter;
import dev.weft.graph.rewrite.Rule;
import java.util.List;

/** Brings every function into canonical form: applies {@link #RULES} until none fires. */
public final class Canonical implements Pass.OnFunctions {

    /** The rules, in the order in which they are tried at a value. */
    public static final List<Rule<?>> RULES = List.of(
            // One form for what is written in several ways.
            new FoldConstants(),
            new LayoutOfUniform(),
            new CommutativeOrder(),
            new IdentityLayout(),
            new DropStopGradient(),
            // Arithmetic that does nothing, or can be had for less.
            new AddNothing(),
            new SubNothing(),
            new MulByOne(),
            new DivByPowerOfTwo(),
            new NegOfNeg(),
            new AddOfNeg(),
            new SubOfNeg(),
            new AbsOfSign(),
            new PowByWhole(),
            new PowByThree(),
            new PowByHalf(),
            // Logic, choices, casts.
            new NotOfNot(),
            new NotOfEquality(),
            new LogicWithConstant(),
            new SameTwice(),
            new SelectKnown(),
            new SelectOfNot(),
            new CastToSame(),
            new CastBack(),
            // Movement after movement.
            new ReshapeOfReshape(),
            new PermuteOfPermute(),
            new PermuteAsReshape(),
            new PermuteOfBroadcast(),
            new BroadcastOfBroadcast(),
            new BroadcastOfOnes(),
            new BroadcastAsReshape(),
            new SliceOfSlice(),
            new SliceOfConcat(),
            new ReverseOfReverse(),
            new ConcatOfConcat(),
            new DynamicSliceAtConstant(),
            // Computing on less.
            new ElementwiseOfBroadcasts(),
            new ElementwiseOfReshapes(),
            new SliceOfDot(),
            new ReduceNothing(),
            new SumOfNeg(),
            new ReduceOfReduce(),
            new ReduceOfBroadcast(),
            // What derivatives leave behind.
            new AddOfPads(),
            new ScatterAddInto(),
            // Products read their operands in any order of axes.
            new DotOfPermute(),
            new PermuteOfDot());

    @Override
    public String name() {
        return "canonical";
    }

    @Override
    public String summary() {
        return "drops what does nothing and gives equal things one form";
    }

    /** The function in canonical form; its derivatives must have been taken, for {@code stop_gradient} goes away. */
    @Override
    public Graph apply(Graph function) {
        if (function.values().stream().anyMatch(value -> value.op() instanceof Grad)) {
            throw new DefectException("canonical: function %s must be without grad".formatted(function.name()));
        }
        return new Rewriter(RULES).rewrite(function);
    }
}
