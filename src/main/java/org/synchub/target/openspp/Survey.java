package org.synchub.target.openspp;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.synchub.target.openspp.record.RemoteRecord;

/** What the server holds of a batch, as read in bulk before anything is written. */
final class Survey {

    private final Map<Long, RemoteRecord> partners;
    private final Map<String, Set<Long>> byRegId;
    private final long guidType;
    private final Map<String, RemoteRecord> bySppId = new HashMap<>();

    /** @param byRegId ids of partners by {@link #regId(long, String)} */
    Survey(Map<Long, RemoteRecord> partners, Map<String, Set<Long>> byRegId, long guidType) {
        this.partners = partners;
        this.byRegId = byRegId;
        this.guidType = guidType;
        for (RemoteRecord partner : partners.values()) {
            String sppId = partner.row().path("spp_id").asText("");
            if (!sppId.isEmpty()) {
                bySppId.put(sppId, partner);
            }
        }
    }

    static String regId(long type, String value) {
        return type + "/" + value;
    }

    @Nullable
    RemoteRecord partner(@Nullable Long id) {
        return id == null ? null : partners.get(id);
    }

    Collection<RemoteRecord> partners() {
        return partners.values();
    }

    /** Partners that carry the hub's key. */
    Set<Long> holders(HubKey key) {
        return holders(guidType, key.registeredId());
    }

    Set<Long> holders(long type, String value) {
        return byRegId.getOrDefault(regId(type, value), Set.of());
    }

    @Nullable
    RemoteRecord bySppId(String sppId) {
        return bySppId.get(sppId);
    }

    /** External ids by guid for a write's references, the ones in its base included. */
    Map<String, String> externalIds(Task task) {
        Map<String, String> ids = new HashMap<>(task.write().references());
        for (String guid : task.earlierReferences()) {
            Set<Long> holders = holders(new HubKey(task.write().tenant(), guid));
            if (!ids.containsKey(guid) && holders.size() == 1) {
                ids.put(guid, Long.toString(holders.iterator().next()));
            }
        }
        return ids;
    }
}
