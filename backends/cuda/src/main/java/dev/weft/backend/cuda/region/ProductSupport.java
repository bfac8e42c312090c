package dev.weft.backend.cuda.region;

import dev.weft.backend.cuda.device.DeviceFacts;
import dev.weft.backend.cuda.device.Multiplication;
import java.util.function.Predicate;

/**
 * What may be asked of a device's products.
 *
 * @param facts of the device, for which tiles are planned
 * @param offers whether the device makes a product that has an epilogue
 * @param tf32 whether terms of products in f32 are rounded to TF32
 */
public record ProductSupport(DeviceFacts facts, Predicate<Multiplication> offers, boolean tf32) {}
