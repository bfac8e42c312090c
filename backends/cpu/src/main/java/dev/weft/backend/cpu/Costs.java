package dev.weft.backend.cpu;

import dev.weft.backend.spi.Statistics.EntryStatistics;
import dev.weft.graph.Value;
import dev.weft.graph.op.DotGeneral;
import dev.weft.graph.op.Elementwise;
import dev.weft.graph.op.Reduction;
import dev.weft.graph.schedule.Region;
import dev.weft.graph.schedule.Schedule;

/** What one run of a schedule computes and moves. */
final class Costs {
    private Costs() {}

    static EntryStatistics of(Schedule schedule) {
        long flops = 0;
        long bytes = 0;
        for (Region region : schedule.regions()) {
            for (Value value : region.values()) {
                flops += flops(value);
            }
            for (Value value : region.inputs()) {
                bytes += value.type().bytes();
            }
            for (Value value : region.outputs()) {
                bytes += value.type().bytes();
            }
        }
        return new EntryStatistics(schedule.regions().size(), flops, bytes);
    }

    private static long flops(Value value) {
        return switch (value.op()) {
            case DotGeneral dot -> dot.flops();
            case Reduction op -> op.operands().getFirst().type().shape().elements();
            case Elementwise op -> op.type().shape().elements();
            default -> 0;
        };
    }
}
