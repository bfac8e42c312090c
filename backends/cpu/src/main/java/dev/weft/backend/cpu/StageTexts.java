package dev.weft.backend.cpu;

import dev.weft.backend.cpu.kernel.Work;
import dev.weft.graph.plan.Step;
import dev.weft.graph.schedule.Region;
import dev.weft.graph.schedule.Schedule;
import java.util.List;

/** Stages as text. */
final class StageTexts {
    private StageTexts() {}

    static String kernels(List<CompiledProgram.RegionSteps> steps, Schedule schedule, KernelSet kernels) {
        StringBuilder text = new StringBuilder();
        for (CompiledProgram.RegionSteps step : steps) {
            switch (step.step()) {
                case Step.Copy copy ->
                    text.append("copy ").append(copy.from().bytes()).append(" bytes\n");
                case Step.Run run -> {
                    Region region = schedule.regions().get(run.region());
                    text.append(region.kind())
                            .append(' ')
                            .append(region.space())
                            .append(':');
                    step.work().forEach(work -> text.append(' ').append(describe(work, kernels)));
                    text.append('\n');
                }
            }
        }
        return text.toString();
    }

    /** A part of a region's work on one line. */
    static String describe(Work work, KernelSet kernels) {
        return switch (work) {
            case Work.Run run -> kernels.name(run.kernel()) + "[" + run.kernel().units() + "]";
            case Work.Loop loop ->
                kernels.name(loop.kernel()) + "[" + loop.pieces().size() + " tensors, "
                        + loop.pieces().stream().mapToLong(Work.Piece::units).sum()
                        + "]";
            case Work.Check check -> kernels.name(check.kernel());
            case Work.Stream stream -> {
                var panels = stream.panels();
                yield "panels[" + panels.layout().units() + "x"
                        + panels.ranges().size() + " of "
                        + panels.rows(0) + "x"
                        + (panels.live().isBounded() ? "at most " : "")
                        + panels.layout().columns() + ", "
                        + panels.fronts().size() + (panels.small().isEmpty() ? " products, " : " small products, ")
                        + kernels.name(panels.kernel().kernel()) + ", "
                        + panels.backs().size() + " products]";
            }
            case Work.Multiply multiply -> {
                var product = multiply.product();
                yield "matmul[" + product.loopCount() + "x" + product.m().size() + "x"
                        + product.n().size() + "x" + product.k().size() + ", tile "
                        + product.tile().rows() + "x" + product.tile().columns()
                        + multiply.epilogue()
                                .map(epilogue -> " then " + kernels.name(epilogue.kernel()))
                                .orElse("")
                        + "]";
            }
        };
    }
}
