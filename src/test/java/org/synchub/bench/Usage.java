package org.synchub.bench;

import com.sun.management.GarbageCollectionNotificationInfo;
import com.sun.management.OperatingSystemMXBean;
import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import javax.management.Notification;
import javax.management.NotificationEmitter;
import javax.management.NotificationListener;
import javax.management.openmbean.CompositeData;

/** This JVM's processor time, and the most heap that was in use right after a collection. */
final class Usage implements AutoCloseable {

    private static final OperatingSystemMXBean SYSTEM =
            ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    private static final Set<String> HEAP = ManagementFactory.getMemoryPoolMXBeans().stream()
            .filter(pool -> pool.getType() == MemoryType.HEAP)
            .map(MemoryPoolMXBean::getName)
            .collect(Collectors.toUnmodifiableSet());

    private final AtomicLong afterAnyCollection = new AtomicLong();
    private final AtomicLong afterFullCollection = new AtomicLong();
    private final NotificationListener listener = this::collected;
    private final long cpuAtStart;

    /** Starts from a collected heap. */
    Usage() {
        System.gc();
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            ((NotificationEmitter) collector).addNotificationListener(listener, null, null);
        }
        cpuAtStart = SYSTEM.getProcessCpuTime();
    }

    static long cpuNanos() {
        return SYSTEM.getProcessCpuTime();
    }

    /** Bytes beside the heap: classes, compiled code. */
    static long otherMemory() {
        return ManagementFactory.getMemoryMXBean().getNonHeapMemoryUsage().getUsed();
    }

    static int threads() {
        return ManagementFactory.getThreadMXBean().getThreadCount();
    }

    /** Open files and sockets; 0 where the system does not tell. */
    static long fileDescriptors() {
        return SYSTEM instanceof UnixOperatingSystemMXBean unix ? unix.getOpenFileDescriptorCount() : 0;
    }

    double cpuSeconds() {
        return (SYSTEM.getProcessCpuTime() - cpuAtStart) / 1e9;
    }

    /** Collects everything that is not in use and notes what is left. */
    void lookClosely() {
        System.gc();
        long used = 0;
        for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
            MemoryUsage after = pool.getType() == MemoryType.HEAP ? pool.getCollectionUsage() : null;
            used += after == null ? 0 : after.getUsed();
        }
        afterFullCollection.accumulateAndGet(used, Math::max);
    }

    /** Bytes; includes what only a full collection would have freed. */
    long mostAfterAnyCollection() {
        return afterAnyCollection.get();
    }

    /** Bytes in use for certain; 0 when {@link #lookClosely} was never called. */
    long mostAfterFullCollection() {
        return afterFullCollection.get();
    }

    private void collected(Notification notification, Object handback) {
        if (notification.getType().equals(GarbageCollectionNotificationInfo.GARBAGE_COLLECTION_NOTIFICATION)) {
            Map<String, MemoryUsage> after = GarbageCollectionNotificationInfo.from(
                            (CompositeData) notification.getUserData())
                    .getGcInfo()
                    .getMemoryUsageAfterGc();
            long used = after.entrySet().stream()
                    .filter(pool -> HEAP.contains(pool.getKey()))
                    .mapToLong(pool -> pool.getValue().getUsed())
                    .sum();
            afterAnyCollection.accumulateAndGet(used, Math::max);
        }
    }

    @Override
    public void close() throws Exception {
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            ((NotificationEmitter) collector).removeNotificationListener(listener);
        }
    }
}
