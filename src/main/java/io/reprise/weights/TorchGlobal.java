package io.reprise.weights;

import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** The names of Python's that a pickle of tensors needs. There are no others here: a pickle that names one is refused. */
sealed interface TorchGlobal {
    /** What a pickle may call. */
    enum Function implements TorchGlobal {
        ORDERED_DICT,
        REBUILD_TENSOR_V2,
        /** As v2, with an element type of its own. */
        REBUILD_TENSOR_V3,
        REBUILD_PARAMETER
    }

    /**
     * A storage's class or an element type.
     *
     * @param dtype none of a storage that is just bytes
     */
    record Type(Optional<StoredDType> dtype) implements TorchGlobal {}

    /** Types that torch has and this project doesn't. */
    Pattern OTHER_TYPES = Pattern.compile("torch\\.([A-Z]\\w*Storage|(q?u?int|float|complex|bits)\\w*)");

    Map<String, TorchGlobal> ADMITTED = Map.ofEntries(
            Map.entry("collections.OrderedDict", Function.ORDERED_DICT),
            Map.entry("torch._utils._rebuild_tensor_v2", Function.REBUILD_TENSOR_V2),
            Map.entry("torch._utils._rebuild_tensor_v3", Function.REBUILD_TENSOR_V3),
            Map.entry("torch._utils._rebuild_parameter", Function.REBUILD_PARAMETER),
            Map.entry("torch.DoubleStorage", type(StoredDType.F64)),
            Map.entry("torch.FloatStorage", type(StoredDType.F32)),
            Map.entry("torch.HalfStorage", type(StoredDType.F16)),
            Map.entry("torch.BFloat16Storage", type(StoredDType.BF16)),
            Map.entry("torch.LongStorage", type(StoredDType.I64)),
            Map.entry("torch.IntStorage", type(StoredDType.I32)),
            Map.entry("torch.ShortStorage", type(StoredDType.I16)),
            Map.entry("torch.CharStorage", type(StoredDType.I8)),
            Map.entry("torch.ByteStorage", type(StoredDType.U8)),
            Map.entry("torch.BoolStorage", type(StoredDType.BOOL)),
            Map.entry("torch.UntypedStorage", new Type(Optional.empty())),
            Map.entry("torch.storage.UntypedStorage", new Type(Optional.empty())),
            Map.entry("torch.float64", type(StoredDType.F64)),
            Map.entry("torch.float32", type(StoredDType.F32)),
            Map.entry("torch.float16", type(StoredDType.F16)),
            Map.entry("torch.bfloat16", type(StoredDType.BF16)),
            Map.entry("torch.int64", type(StoredDType.I64)),
            Map.entry("torch.int32", type(StoredDType.I32)),
            Map.entry("torch.int16", type(StoredDType.I16)),
            Map.entry("torch.int8", type(StoredDType.I8)),
            Map.entry("torch.uint8", type(StoredDType.U8)),
            Map.entry("torch.bool", type(StoredDType.BOOL)));

    private static Type type(StoredDType dtype) {
        return new Type(Optional.of(dtype));
    }

    /**
     * @param name with its module
     * @throws WeightsFormatException if it isn't one that tensors need
     */
    static TorchGlobal named(String name, Object file) throws WeightsFormatException {
        TorchGlobal admitted = ADMITTED.get(name);
        if (admitted != null) {
            return admitted;
        }
        String shown = name.replaceAll("[^\\x20-\\x7e]", "?"); // it may be meant for the terminal
        if (OTHER_TYPES.matcher(name).matches()) {
            throw new WeightsFormatException(
                    file, "stores a tensor as " + shown + ", expected one of " + StoredDType.names());
        }
        throw new WeightsFormatException(
                file,
                "names \"" + shown
                        + "\" in its pickle, which no tensor needs: the file may try to run code, and was not"
                        + " read further. If you trust where it comes from, load it in Python and save model.state_dict()"
                        + " as safetensors");
    }
}
