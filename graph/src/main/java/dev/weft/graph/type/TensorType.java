package dev.weft.graph.type;

/** The type of a value: {@code f32[4:B,64:T,128]}. */
public record TensorType(ElementType element, Shape shape) {

    public static TensorType of(ElementType element, long... sizes) {
        return new TensorType(element, Shape.of(sizes));
    }

    public static TensorType scalar(ElementType element) {
        return new TensorType(element, Shape.SCALAR);
    }

    public int rank() {
        return shape.rank();
    }

    public long size(int axis) {
        return shape.size(axis);
    }

    /** Bytes in row-major storage. */
    public long bytes() {
        return Math.multiplyExact(shape.elements(), element.bytes());
    }

    public TensorType withElement(ElementType other) {
        return new TensorType(other, shape);
    }

    public TensorType withShape(Shape other) {
        return new TensorType(element, other);
    }

    @Override
    public String toString() {
        return element + shape.toString();
    }
}
