package dev.weft.cli.profile;

import dev.weft.backend.spi.Limits;
import dev.weft.graph.type.ElementType;
import java.util.Locale;
import java.util.Optional;

/** How fast regions can be on a machine: as fast as it computes, or as fast as it moves bytes, whichever takes longer. */
public record Roofline(Limits limits) {

    /** The side of the roofline that a region is limited by. */
    public enum Side {
        COMPUTE,
        MEMORY;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The shortest time in seconds, if every byte comes from memory. */
    public double seconds(RegionFacts region) {
        return Math.max(computing(region), moving(region));
    }

    public Side side(RegionFacts region) {
        return computing(region) > moving(region) ? Side.COMPUTE : Side.MEMORY;
    }

    private double computing(RegionFacts region) {
        return region.cost().flops() / flops(region.product());
    }

    private double moving(RegionFacts region) {
        return region.bytes() / limits.readBytes();
    }

    private double flops(Optional<ElementType> product) {
        boolean narrow = product.isPresent() && product.get() != ElementType.F32 && limits.bf16Flops() > 0;
        return narrow ? limits.bf16Flops() : limits.f32Flops();
    }
}
