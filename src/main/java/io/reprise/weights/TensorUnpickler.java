package io.reprise.weights;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.razorvine.pickle.Opcodes;
import net.razorvine.pickle.Unpickler;

/**
 * Reads one pickle in which nothing but numbers, texts, lists, maps and tensors can be written. A pickle is a program (Python's
 * pickletools lists its instructions); this machine has only those that torch.save uses, and of Python's names only {@link
 * TorchGlobal}'s. Memory is bounded by {@link #MOST_OPERATIONS}, every length is compared with what the file has before
 * anything is allocated, and nothing here follows a nested value down, so that depth costs no stack.
 */
final class TensorUnpickler extends Unpickler {
    /** A tensor takes about 40. Each leaves less than 100 bytes in memory. */
    private static final int MOST_OPERATIONS = 2_000_000;

    /** What Python's None is within a map or list. */
    private static final Object NONE = new Object();

    private static final int MOST_NAME = 256;
    private static final int MOST_AXES = 64;

    private final PickleStream bytes;
    private final Object file;
    private final Map<String, PickledStorage> storages = new LinkedHashMap<>();
    private Object mark = new Object(); // the library's, once there is one
    private int operations;

    TensorUnpickler(PickleStream bytes, Object file) {
        this.bytes = bytes;
        this.file = file;
    }

    /** The pickle's value, and no byte more. Maps keep their order. */
    Object read() throws IOException {
        try {
            return load(bytes);
        } catch (RuntimeException e) { // the library's many words for a program that makes no sense
            throw new WeightsFormatException(file, "has a broken pickle, before byte " + bytes.position(), e);
        }
    }

    /** The storages that the pickle spoke of, by key. */
    Map<String, PickledStorage> storages() {
        return Collections.unmodifiableMap(storages);
    }

    @Override
    protected Object dispatch(short key) throws IOException {
        if (++operations > MOST_OPERATIONS) {
            throw broken("has more than " + MOST_OPERATIONS + " instructions in its pickle");
        }
        switch (key) {
            case Opcodes.PROTO,
                    Opcodes.FRAME,
                    Opcodes.STOP,
                    Opcodes.NONE,
                    Opcodes.NEWTRUE,
                    Opcodes.NEWFALSE,
                    Opcodes.BININT,
                    Opcodes.BININT1,
                    Opcodes.BININT2,
                    Opcodes.LONG1,
                    Opcodes.BINFLOAT,
                    Opcodes.SHORT_BINUNICODE,
                    Opcodes.SHORT_BINSTRING,
                    Opcodes.EMPTY_TUPLE,
                    Opcodes.TUPLE,
                    Opcodes.TUPLE1,
                    Opcodes.TUPLE2,
                    Opcodes.TUPLE3,
                    Opcodes.EMPTY_LIST,
                    Opcodes.APPEND,
                    Opcodes.BINPUT,
                    Opcodes.LONG_BINPUT,
                    Opcodes.MEMOIZE,
                    Opcodes.BINGET,
                    Opcodes.LONG_BINGET -> {
                return super.dispatch(key);
            }
            case Opcodes.MARK -> {
                stack.add_mark();
                mark = stack.peek();
            }
            case Opcodes.BINUNICODE, Opcodes.BINSTRING -> stack.add(text(4));
            case Opcodes.BINUNICODE8 -> stack.add(text(8));
            case Opcodes.EMPTY_DICT -> stack.add(new LinkedHashMap<Object, Object>());
            case Opcodes.APPENDS -> appends();
            case Opcodes.SETITEM -> {
                Object value = stack.pop();
                Object name = stack.pop();
                put(map(stack.peek()), name, value);
            }
            case Opcodes.SETITEMS -> setItems();
            case Opcodes.GLOBAL -> {
                String module = bytes.line(MOST_NAME);
                stack.add(TorchGlobal.named(module + "." + bytes.line(MOST_NAME), file));
            }
            case Opcodes.STACK_GLOBAL -> {
                String name = (String) stack.pop();
                String module = (String) stack.pop();
                stack.add(TorchGlobal.named(shortened(module) + "." + shortened(name), file));
            }
            case Opcodes.INST -> {
                String module = bytes.line(MOST_NAME);
                TorchGlobal.named(module + "." + bytes.line(MOST_NAME), file);
                throw unknown(key);
            }
            case Opcodes.BINPERSID -> stack.add(storage(tuple(stack.pop())));
            case Opcodes.REDUCE -> {
                Object[] arguments = tuple(stack.pop());
                stack.add(call(stack.pop(), arguments));
            }
            case Opcodes.BUILD -> build();
            default -> throw unknown(key);
        }
        return NO_RETURN_VALUE;
    }

    private String text(int lengthBytes) throws IOException {
        return new String(bytes.take(bytes.number(lengthBytes)), StandardCharsets.UTF_8);
    }

    private static String shortened(String name) {
        return name.length() > MOST_NAME ? name.substring(0, MOST_NAME) : name;
    }

    /** As the library's, which takes the time of the whole list for every few elements. */
    private void appends() {
        Deque<Object> added = sinceMark();
        @SuppressWarnings("unchecked")
        List<Object> list = (ArrayList<Object>) stack.peek();
        list.addAll(added);
    }

    /** As the library's, which loses the order. */
    private void setItems() throws IOException {
        Deque<Object> added = sinceMark();
        Map<Object, Object> map = map(stack.peek());
        while (!added.isEmpty()) {
            Object name = added.pop();
            if (added.isEmpty()) {
                throw broken("has a name without a value");
            }
            put(map, name, added.pop());
        }
    }

    private Deque<Object> sinceMark() {
        Deque<Object> values = new ArrayDeque<>();
        for (Object value = stack.pop(); value != mark; value = stack.pop()) {
            values.push(value == null ? NONE : value);
        }
        return values;
    }

    @SuppressWarnings("unchecked")
    private Map<Object, Object> map(Object target) throws WeightsFormatException {
        if (target instanceof LinkedHashMap<?, ?> map) {
            return (Map<Object, Object>) map;
        }
        throw broken("puts entries into " + kind(target));
    }

    /** Only texts: the hash of a nested key is as deep as its nesting. */
    private void put(Map<Object, Object> map, Object name, Object value) throws WeightsFormatException {
        if (!(name instanceof String)) {
            throw broken("has " + kind(name) + " for the name of a tensor");
        }
        if (map.put(name, value == null ? NONE : value) != null) {
            throw broken("has the name \"" + name + "\" twice");
        }
    }

    private PickledStorage storage(Object[] id) throws WeightsFormatException {
        // ("storage", class, key, device, count), and in the old container None or a view of another storage
        if (id.length < 5
                || id.length > 6
                || !"storage".equals(id[0])
                || !(id[1] instanceof TorchGlobal.Type type)
                || !(id[2] instanceof String key)) {
            throw broken("refers to something else than a storage");
        }
        if (id.length == 6 && id[5] != null) {
            throw broken("has a storage within a storage, as torch wrote before 0.4; save it again with a newer one");
        }
        PickledStorage storage = new PickledStorage(key, type.dtype(), number(id[4]));
        if (storage.count() < 0) {
            throw broken("has a storage of " + storage.count() + " elements");
        }
        PickledStorage other = storages.putIfAbsent(key, storage);
        if (other != null && !other.equals(storage)) {
            throw broken("gives the storage \"" + key + "\" two types or lengths");
        }
        return storage;
    }

    private Object call(Object callee, Object[] arguments) throws WeightsFormatException {
        if (!(callee instanceof TorchGlobal.Function function)) {
            throw broken("calls " + kind(callee) + ", which no tensor needs: the file may try to run code, and was not"
                    + " read further");
        }
        return switch (function) {
            case ORDERED_DICT -> orderedDict(arguments);
            case REBUILD_TENSOR_V2 -> tensor(arguments, 6);
            case REBUILD_TENSOR_V3 -> tensor(arguments, 7);
            case REBUILD_PARAMETER -> {
                if (arguments.length != 3 || !(arguments[0] instanceof PickledTensor tensor)) {
                    throw broken("makes a parameter of something else than a tensor");
                }
                yield tensor;
            }
        };
    }

    /** Empty, to be filled; or, from Python 2, with a list of pairs. */
    private Map<Object, Object> orderedDict(Object[] arguments) throws WeightsFormatException {
        Map<Object, Object> map = new LinkedHashMap<>();
        if (arguments.length == 0) {
            return map;
        }
        if (arguments.length != 1 || !(arguments[0] instanceof List<?> pairs)) {
            throw broken("makes a map of " + kind(arguments[0]));
        }
        for (Object pair : pairs) {
            if (!(pair instanceof List<?> two) || two.size() != 2) {
                throw broken("makes a map of something else than pairs");
            }
            put(map, two.get(0), two.get(1));
        }
        return map;
    }

    /** (storage, offset, sizes, strides, requires_grad, backward_hooks[, dtype][, metadata]) */
    private PickledTensor tensor(Object[] arguments, int count) throws WeightsFormatException {
        if (arguments.length < count
                || arguments.length > count + 1
                || !(arguments[0] instanceof PickledStorage storage)) {
            throw broken("makes a tensor of something else than a storage");
        }
        if (arguments.length > count
                && arguments[count] != null
                && !(arguments[count] instanceof Map<?, ?> map && map.isEmpty())) {
            throw broken("has a tensor with a negation or conjugation to be done; save it with .resolve_neg()");
        }
        StoredDType dtype;
        if (count == 7
                && arguments[6] instanceof TorchGlobal.Type type
                && type.dtype().isPresent()) {
            dtype = type.dtype().get();
        } else if (count == 6 && storage.dtype().isPresent()) {
            dtype = storage.dtype().get();
        } else {
            throw broken("has a tensor without a type of its elements");
        }
        return new PickledTensor(storage, dtype, number(arguments[1]), numbers(arguments[2]), numbers(arguments[3]));
    }

    /** Sets an object's attributes. The only ones of a state dict are its metadata: versions of modules, unused here. */
    private void build() throws WeightsFormatException {
        Object state = stack.pop();
        Object target = stack.peek();
        boolean metadata = target instanceof Map<?, ?>
                && state instanceof Map<?, ?> map
                && map.keySet().stream().allMatch("_metadata"::equals);
        if (!metadata) {
            throw broken("sets the state of " + kind(target) + ", which no tensor needs: the file may try to run code,"
                    + " and was not read further");
        }
    }

    private Object[] tuple(Object value) throws WeightsFormatException {
        if (value instanceof Object[] tuple) {
            return tuple;
        }
        throw broken("has " + kind(value) + " where a tuple belongs");
    }

    private List<Long> numbers(Object value) throws WeightsFormatException {
        Object[] tuple = tuple(value);
        if (tuple.length > MOST_AXES) {
            throw broken("has a tensor of " + tuple.length + " axes, at most " + MOST_AXES + " are read");
        }
        List<Long> numbers = new ArrayList<>();
        for (Object element : tuple) {
            numbers.add(number(element));
        }
        return numbers;
    }

    private long number(Object value) throws WeightsFormatException {
        if (value instanceof Integer || value instanceof Long) {
            return ((Number) value).longValue();
        }
        throw broken("has " + kind(value) + " where a whole number below 2^63 belongs");
    }

    /** What a value is, for people. Its content could be anything, and of any depth. */
    static String kind(Object value) {
        if (value == null || value == NONE) {
            return "None";
        }
        if (value instanceof PickledTensor) {
            return "a tensor";
        }
        if (value instanceof PickledStorage) {
            return "a storage";
        }
        if (value instanceof TorchGlobal) {
            return "a Python class or function";
        }
        if (value instanceof Map) {
            return "a dict";
        }
        if (value instanceof List) {
            return "a list";
        }
        if (value instanceof Object[]) {
            return "a tuple";
        }
        if (value instanceof String) {
            return "a text";
        }
        return value instanceof Boolean ? "a truth value" : value instanceof Number ? "a number" : "something broken";
    }

    private WeightsFormatException unknown(short key) {
        return broken(
                operations == 1
                        ? String.format("starts with byte 0x%02x, which no file of torch.save does", key)
                        : String.format(
                                "has the pickle instruction 0x%02x, which no tensor needs: the file may try to run code,"
                                        + " and was not read further",
                                key));
    }

    private WeightsFormatException broken(String problem) {
        return new WeightsFormatException(file, problem + " (before byte " + bytes.position() + ")");
    }
}
