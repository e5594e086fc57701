using StreamCommerce.Ingest.Events;
using StreamCommerce.Ingest.Log;
using Xunit;

namespace StreamCommerce.Tests.Ingest.Log;

/// <summary>
/// A partition on a disk that fails and loses power, again and again, compared after each restart
/// with what was acknowledged. The seed in a failure's message plays it again.
/// </summary>
public sealed class PowerCutTests
{
    [Theory]
    [InlineData(0, 0.0, 0.0)]
    [InlineData(10_000, 0.1, 0.0)]
    [InlineData(20_000, 0.05, 0.05)]
    public void Whatever_a_power_cut_leaves_no_acknowledged_event_is_lost(
        int firstSeed, double writeFaultChance, double flushFaultChance)
    {
        for (var seed = firstSeed; seed < firstSeed + 500; seed++)
        {
            try
            {
                new Simulation(seed, writeFaultChance, flushFaultChance).Run();
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"Seed {seed}: {e.Message}", e);
            }
        }
    }

    private sealed class Simulation(int seed, double writeFaultChance, double flushFaultChance)
    {
        private readonly Random _random = new(seed);
        private readonly SimulatedDisk _disk = new(new Random(seed + 1));
        private readonly EmbeddedLogOptions _options = new()
        {
            SegmentBytes = 1_500 + seed % 5 * 1_000,
            RetentionBytes = seed % 3 == 0 ? 9_000 : null,
        };

        // What was acknowledged or once seen, by offset; and the group that may be there or not.
        private readonly List<CommerceEvent> _kept = [];
        private CommerceEvent[] _uncertain = [];
        private readonly TextPool _texts = new();
        private int _nextNumber;

        public void Run()
        {
            for (var life = 0; life < 5; life++)
            {
                _disk.OperationsLeft = _random.Next(60);
                _disk.WriteFaultChance = writeFaultChance;
                _disk.FlushFaultChance = flushFaultChance;
                try
                {
                    Live();
                }
                catch (PowerCutException)
                {
                }
                catch (Exception e) when (e is IOException and not LogCorruptException)
                {
                    // A fault while it was being opened.
                }
                (_disk.WriteFaultChance, _disk.FlushFaultChance) = (0, 0);
                if (_random.Next(3) == 0) _disk.Restart();
                else _disk.LosePower();
                using var store = Open();
                Verify(store);
            }
        }

        private void Live()
        {
            var store = Open();
            Verify(store);
            while (true)
            {
                var group = NextGroup();
                var refused = false;
                try
                {
                    store.Commit(Chunks(group));
                    _kept.AddRange(group);
                    _uncertain = [];
                }
                catch (LogAppendException e)
                {
                    refused = e.InnerException is null;
                    if (!refused) _uncertain = group;
                }
                catch (PowerCutException)
                {
                    _uncertain = group;
                    throw;
                }
                Assert.Equal(_kept.Count, store.Segments.Status.NextOffset);
                // A refusing partition does nothing more to the disk.
                if (refused) return;
            }
        }

        private PartitionStore Open() =>
            new(_disk, "/p00", 0, 4711u, _options, TimeProvider.System);

        private void Verify(PartitionStore store)
        {
            var status = store.Segments.Status;
            Assert.InRange(status.NextOffset, _kept.Count, _kept.Count + _uncertain.Length);
            _kept.AddRange(_uncertain.Take((int)status.NextOffset - _kept.Count));
            _uncertain = [];
            if (_options.RetentionBytes is null) Assert.Equal(0, status.FirstOffset);

            var expected = _kept.Skip((int)status.FirstOffset).ToArray();
            Assert.Equal(expected.Ids(), Read(store, status).Ids());
        }

        private List<LoggedEvent> Read(PartitionStore store, PartitionStatus status)
        {
            var read = new List<LoggedEvent>();
            var segments = store.Segments;
            for (var offset = status.FirstOffset; offset < status.NextOffset;)
            {
                var segment = segments.Find(offset);
                using var scanner = store.OpenScanner(segment);
                for (; offset < segment.EndOffset; offset++)
                {
                    var result = scanner.Next(segment.Bytes, offset, out _, out var payload);
                    Assert.True(result == ScanResult.Record, scanner.Problem);
                    read.Add(new LoggedEvent(
                        offset, default, EventCodec.Read(payload, _texts)));
                }
            }
            return read;
        }

        private CommerceEvent[] NextGroup() =>
            [.. Enumerable.Range(0, _random.Next(1, 12)).Select(_ =>
                LogSamples.View("ann", _nextNumber++, _random.Next(120)))];

        private List<AppendChunk> Chunks(CommerceEvent[] group)
        {
            var chunks = new List<AppendChunk>();
            for (var at = 0; at < group.Length;)
            {
                var chunk = new AppendChunk(new AppendBatch());
                var count = _random.Next(1, group.Length - at + 1);
                foreach (var e in group.AsSpan(at, count)) chunk.Add(e);
                chunks.Add(chunk);
                at += count;
            }
            return chunks;
        }
    }
}
