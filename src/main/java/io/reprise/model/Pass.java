package io.reprise.model;

import io.reprise.backend.Attention;
import io.reprise.backend.Backend;
import io.reprise.tensor.Shape;
import io.reprise.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * One forward pass's requests: which sites to capture, which to edit. Belongs to a single run; nothing is left behind on the
 * model.
 */
final class Pass {
    /** Captures and edits nothing. */
    static final Pass PLAIN = new Pass(Set.of(), List.of());

    private final TreeSet<Site> wanted;
    private final List<Intervention> interventions;
    private final Set<Intervention> fired = new HashSet<>();
    private final Activations captured = new Activations();

    Pass(Collection<Site> wanted, List<Intervention> interventions) {
        this.wanted = new TreeSet<>(wanted);
        this.interventions = List.copyOf(interventions);
    }

    boolean wants(Site site) {
        return wanted.contains(site);
    }

    /** Whether {@code site} is captured or edited. */
    boolean touches(Site site) {
        return wants(site) || interventions.stream().anyMatch(i -> i.site().equals(site));
    }

    /** The last site that anyone asked for; empty when nothing was asked. */
    Optional<Site> last() {
        return wanted.isEmpty() ? Optional.empty() : Optional.of(wanted.last());
    }

    /** Whether nothing after {@code site} was asked for: what follows needn't be computed. A plain pass never ends. */
    boolean endsBy(Site site) {
        return !wanted.isEmpty() && wanted.last().compareTo(site) <= 0;
    }

    Activations captured() {
        return captured;
    }

    /** Called where the forward pass has {@code x} [rows, features] of {@code site}: edits it if asked, keeps it if asked. */
    Tensor at(Site site, Tensor x, Backend backend, ModelConfig config, int batch) {
        if (wanted.isEmpty() && interventions.isEmpty()) {
            return x;
        }
        Shape shape = site.shape(config, batch, x.shape().rows() / batch);
        Tensor edited = edit(site, x, shape, backend);
        if (wants(site)) {
            captured.put(site, shape, backend.downloadDoubles(edited));
        }
        return edited;
    }

    /** Captures a read-only site whose value is made only if it is wanted. */
    void read(Site site, Backend backend, ModelConfig config, int batch, int length, Supplier<double[]> value) {
        if (wants(site)) {
            captured.put(site, site.shape(config, batch, length), value.get());
        }
    }

    /** Packed q, k, v [rows, 3·width]: the three sites are column blocks of it. */
    Tensor atPacked(Site q, Site k, Optional<Site> v, Tensor qkv, Backend backend, ModelConfig config, int batch) {
        Tensor packed = qkv;
        int width = config.nHeads() * config.dHead();
        List<Site> sites = new ArrayList<>(List.of(q, k));
        v.ifPresent(sites::add);
        for (int part = 0; part < sites.size(); part++) {
            Site site = sites.get(part);
            if (!touches(site)) {
                continue;
            }
            Tensor own = backend.columns(packed, part * width, (part + 1) * width);
            Tensor edited = at(site, own, backend, config, batch);
            if (edited != own) {
                packed = withColumns(backend, packed, part * width, edited);
            }
        }
        return packed;
    }

    /** Captures scores and pattern, which exist only for those who ask. */
    void atAttention(int layer, Attention attention, Backend backend, ModelConfig config, int batch, int length) {
        read(
                Site.of(Site.Kind.ATTN_SCORES, layer),
                backend,
                config,
                batch,
                length,
                () -> backend.downloadDoubles(attention.scores()));
        read(
                Site.of(Site.Kind.PATTERN, layer),
                backend,
                config,
                batch,
                length,
                () -> backend.downloadDoubles(attention.pattern()));
    }

    /**
     * @throws IllegalArgumentException if an intervention never fired, or a site that was asked for was not passed
     */
    void checkComplete() {
        for (Intervention intervention : interventions) {
            if (!fired.contains(intervention)) {
                throw new IllegalArgumentException("the intervention at " + intervention.site() + ", positions "
                        + intervention.positions() + ", heads " + intervention.heads()
                        + " never fired: the run did not reach that site, or not every position and head of it");
            }
        }
        for (Site site : wanted) {
            if (!captured.sites().contains(site)) {
                throw new IllegalArgumentException("site " + site
                        + " was not passed: this model has no such site, or the run was resumed after it");
            }
        }
    }

    private Tensor edit(Site site, Tensor x, Shape shape, Backend backend) {
        Tensor current = x;
        for (Intervention intervention : interventions) {
            if (!intervention.site().equals(site)) {
                continue;
            }
            double[] data = backend.downloadDoubles(current);
            apply(intervention, shape, data);
            if (has(shape, intervention)) {
                fired.add(intervention);
            }
            current = backend.upload(x.shape(), data);
        }
        return current;
    }

    /** Whether every position and head of {@code intervention} is there. */
    private static boolean has(Shape shape, Intervention intervention) {
        return intervention.positions().stream().allMatch(position -> position >= 0 && position < shape.dim(1))
                && intervention.heads().stream().allMatch(head -> head >= 0 && head < shape.dim(2));
    }

    private static void apply(Intervention intervention, Shape shape, double[] data) {
        int heads = shape.rank() == 4 ? shape.dim(2) : 1;
        int features = shape.dim(-1);
        int length = shape.dim(1);
        double[] vector = new double[features];
        for (int row = 0; row < shape.dim(0) * length; row++) {
            if (!intervention.positions().isEmpty() && !intervention.positions().contains(row % length)) {
                continue;
            }
            for (int head = 0; head < heads; head++) {
                if (!intervention.heads().isEmpty() && !intervention.heads().contains(head)) {
                    continue;
                }
                int from = (row * heads + head) * features;
                System.arraycopy(data, from, vector, 0, features);
                intervention.edit().apply(row / length, row % length, head, vector);
                System.arraycopy(vector, 0, data, from, features);
            }
        }
    }

    private static Tensor withColumns(Backend backend, Tensor packed, int from, Tensor part) {
        double[] all = backend.downloadDoubles(packed);
        double[] own = backend.downloadDoubles(part);
        int width = part.shape().columns();
        int total = packed.shape().columns();
        for (int row = 0; row < packed.shape().rows(); row++) {
            System.arraycopy(own, row * width, all, row * total + from, width);
        }
        return backend.upload(packed.shape(), all);
    }
}
