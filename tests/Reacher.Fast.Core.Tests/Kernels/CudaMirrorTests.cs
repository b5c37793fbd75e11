using System.Runtime.InteropServices;
using Reacher.Fast.Core.Batch;
using Reacher.Fast.Core.Interop;
using Reacher.Fast.Core.Kernels;
using Reacher.Fast.Core.Kernels.Cuda;
using Reacher.Fast.Core.Learner;
using Reacher.Fast.Core.Tests.Interop;

namespace Reacher.Fast.Core.Tests.Kernels;

/// <summary>The replay mirrored into device memory, batches drawn there, and the training loop over it.</summary>
public sealed class CudaMirrorTests
{
    private static readonly TransitionSpec Spec = new(5, 2);

    [Test]
    public void A_batch_holds_whole_rows_of_the_newest_capacity_only([Values(10, 100, 1000, 5000)] int written)
    {
        FakeDriver.Require();
        var rows = new Rows(capacity: 300);
        using var device = new CudaKernelDevice();
        using var mirror = new CudaReplayMirror(device, rows, rowsPerAdvance: 64);
        using var batch = new DrawnBatch(device, 128);
        for (int end = 0; end < written;)
        {
            end = Math.Min(written, end + 37);
            rows.End = end;
            mirror.Advance();
        }

        Assert.That(mirror.MirroredRows, Is.EqualTo(written));
        foreach (float position in batch.Draw(mirror))
        {
            Assert.That(position, Is.GreaterThanOrEqualTo(Math.Max(0, written - 300)).And.LessThan(written));
        }

        mirror.ThrowIfExhausted();
    }

    [Test]
    public void Batches_drawn_while_rows_arrive_are_of_their_moment([Range(0, 7)] int streams)
    {
        FakeDriver.Require();
        var rows = new Rows(capacity: 60);
        using var device = new CudaKernelDevice();
        using var mirror = new CudaReplayMirror(device, rows, rowsPerAdvance: 16);
        DrawnBatch[] batches = [.. Enumerable.Range(0, 30).Select(_ => new DrawnBatch(device, 24))];
        FakeDriver.Streams(streams);
        for (int i = 0; i < batches.Length; i++)
        {
            rows.End = 16 * (i + 1);
            Assert.That(mirror.Advance(), Is.EqualTo(16));
            batches[i].Queue(mirror);
        }

        for (int i = 0; i < batches.Length; i++)
        {
            int end = 16 * (i + 1);
            Assert.That(batches[i].Read(), Has.All.InRange(Math.Max(0, end - 60), end - 1), $"batch {i}");
        }

        FakeDriver.Streams(0);
    }

    [Test]
    public void Every_row_is_drawn_about_as_often_as_every_other()
    {
        FakeDriver.Require();
        var rows = new Rows(capacity: 50) { End = 170 };
        using var device = new CudaKernelDevice { NoiseSeed = 8 };
        using var mirror = new CudaReplayMirror(device, rows);
        mirror.Advance();
        using var batch = new DrawnBatch(device, 1000);
        int[] counts = new int[170];
        for (int i = 0; i < 10; i++)
        {
            foreach (float position in batch.Draw(mirror))
            {
                counts[(int)position]++;
            }
        }

        Assert.That(counts.Take(120), Has.All.Zero);
        Assert.That(counts.Skip(120), Has.All.InRange(200 - (5 * 14), 200 + (5 * 14))); // binomial: mean 200, deviation 14
    }

    [Test]
    public void Rows_of_dead_writers_are_passed_over_and_never_drawn()
    {
        FakeDriver.Require();
        var rows = new Rows(capacity: 20_000) { End = 100 };
        rows.Abandoned.UnionWith([10, 11, 60]);
        using var device = new CudaKernelDevice();
        using var mirror = new CudaReplayMirror(device, rows);
        Assert.That(mirror.Advance(), Is.EqualTo(10), "row 10 may still come");
        rows.End = 10_000;
        while (mirror.Advance() > 0)
        {
        }

        Assert.That(mirror.MirroredRows, Is.EqualTo(10_000));
        using var batch = new DrawnBatch(device, 4096);
        for (int i = 0; i < 5; i++)
        {
            Assert.That(batch.Draw(mirror), Has.No.AnyOf(10f, 11f, 60f));
        }
    }

    [Test]
    public void A_draw_from_an_empty_mirror_is_noticed()
    {
        FakeDriver.Require();
        using var device = new CudaKernelDevice();
        using var mirror = new CudaReplayMirror(device, new Rows(capacity: 10));
        using var batch = new DrawnBatch(device, 4);
        batch.Draw(mirror);
        Assert.That(mirror.ThrowIfExhausted, Throws.InvalidOperationException);
    }

    [Test]
    public void Updates_on_the_device_train_and_report_and_publish([Values] bool td3)
    {
        FakeDriver.Require();
        long before = FakeDriver.Live;
        float[] first = Train(td3, updatesPerLaunch: 2, launches: 6), second = Train(td3, updatesPerLaunch: 4, launches: 3);
        Assert.That(second, Is.EqualTo(first), "K updates to a launch are K updates");
        Assert.That(FakeDriver.Live, Is.EqualTo(before));
    }

    [Test]
    public void A_learner_that_keeps_statistics_of_its_batches_is_refused()
    {
        FakeDriver.Require();
        using var device = new CudaKernelDevice();
        using var mirror = new CudaReplayMirror(device, new Rows(capacity: 10));
        using var learner = new SacLearner(PaperOptions.Sac with { BatchSize = 4, HiddenSizes = [8], NormalizeObservations = true }, Spec, device);
        Assert.That(() => new CudaTraining(learner, device, mirror, 1), Throws.TypeOf<InputException>()
            .With.Message.Contains("NormalizeObservations"));
    }

    [Test]
    public void A_device_lost_in_mid_run_is_one_exception_and_everything_is_freed()
    {
        FakeDriver.Require();
        long before = FakeDriver.Live;
        FakeDriver.Fail("cuGraphLaunch", CudaStatus.LaunchFailed, skip: 2, sticky: true);
        Assert.That(
            () => Train(td3: false, updatesPerLaunch: 2, launches: 6),
            Throws.TypeOf<CudaException>().With.Property(nameof(CudaException.DeviceLost)).True
                .And.Property(nameof(CudaException.Function)).EqualTo("cuGraphLaunch"));
        Assert.That(FakeDriver.Live, Is.EqualTo(before));
    }

    private static float[] Train(bool td3, int updatesPerLaunch, int launches)
    {
        var rows = new Rows(capacity: 100) { End = 80 };
        using var device = new CudaKernelDevice();
        using var mirror = new CudaReplayMirror(device, rows);
        mirror.Advance();
        LearnerOptions options = td3
            ? PaperOptions.Td3 with { BatchSize = 16, HiddenSizes = [16, 16] }
            : PaperOptions.Sac with { BatchSize = 16, HiddenSizes = [16, 16], PolicyAveraging = 0.1f };
        using var learner = LearnerFactory.CreateOffPolicy(options, Spec, device);
        using var training = new CudaTraining(learner, device, mirror, updatesPerLaunch);
        int reports = 0;
        for (int i = 0; i < launches; i++)
        {
            training.Launch();
            reports += training.TryReport(out LearnerReport report) ? 1 : 0;
            Assert.That(report[ReportSlot.CriticLoss], Is.GreaterThan(0));
        }

        Assert.That(reports, Is.EqualTo(launches));
        Assert.That(learner.Updates, Is.EqualTo(updatesPerLaunch * launches));
        float[] acting = new float[learner.Policy.BlockLength], published = new float[acting.Length], block = new float[acting.Length];
        Assert.That(training.TryQueuePolicies(), Is.True);
        Assert.That(training.TryTakePolicies(acting, published, out long updates), Is.True);
        Assert.That(updates, Is.EqualTo(learner.Updates));
        learner.CopyActingPolicy(block);
        Assert.That(acting, Is.EqualTo(block));
        learner.CopyPolicy(block);
        Assert.That(published, Is.EqualTo(block));
        Assert.That(published, td3 ? Is.EqualTo(acting) : Is.Not.EqualTo(acting));
        return published;
    }

    /// <summary>A replay in memory whose every number tells the row's position.</summary>
    private sealed class Rows(long capacity) : IReplayRows
    {
        public HashSet<long> Abandoned { get; } = [];

        public TransitionSpec Spec => CudaMirrorTests.Spec;

        public long Capacity => capacity;

        public long First => 0;

        public long End { get; set; }

        public int Copy(long position, int count, Span<byte> destination)
        {
            int whole = -1;
            for (int i = 0; i < count; i++)
            {
                Span<byte> row = destination.Slice(i * Spec.StrideBytes, Spec.StrideBytes);
                bool there = !Abandoned.Contains(position + i) && position + i >= End - Capacity;
                MemoryMarshal.Write(row, there ? (ulong)(position + i + 1) : 0);
                MemoryMarshal.Cast<byte, float>(row[16..]).Fill(there ? (position + i) % 1000 : float.NaN);
                MemoryMarshal.Cast<byte, float>(row[16..])[0] = there ? position + i : float.NaN;
                MemoryMarshal.Cast<byte, float>(row[16..])[Spec.RewardOffset] = there ? -(position + i) : float.NaN;
                whole = !there && whole < 0 ? i : whole;
            }

            return whole < 0 ? count : whole;
        }
    }

    private sealed class DrawnBatch : IDisposable
    {
        private readonly CudaKernelDevice device;
        private readonly TensorBlock block;

        public DrawnBatch(CudaKernelDevice device, int count)
        {
            this.device = device;
            block = device.Allocate(
                "batch", new("s", 1, count, Spec.ObservationSize), new("a", 1, count, Spec.ActionSize), new("r", 1, 1, count),
                new("d", 1, 1, count), new("n", 1, count, Spec.ObservationSize));
        }

        /// <summary>The positions drawn, checked in every part of the batch.</summary>
        public float[] Draw(CudaReplayMirror mirror)
        {
            Queue(mirror);
            return Read();
        }

        public void Queue(CudaReplayMirror mirror)
        {
            device.AdvanceNoise();
            mirror.Gather(block[0], block[1], block[2], block[3], block[4]);
        }

        public float[] Read()
        {
            float[][] parts = [.. block.Tensors.Select(tensor =>
            {
                float[] values = new float[tensor.Shape.Elements];
                device.Download(tensor, values);
                return values;
            })];
            int count = parts[2].Length;
            float[] positions = [.. Enumerable.Range(0, count).Select(b => parts[0][b * Spec.ObservationSize])];
            for (int b = 0; b < count; b++)
            {
                Assert.That(parts[2][b], Is.EqualTo(-positions[b]));
                Assert.That(parts[0].AsSpan((b * Spec.ObservationSize) + 1, Spec.ObservationSize - 1).ToArray(),
                    Has.All.EqualTo(positions[b] % 1000));
                Assert.That(parts[1].AsSpan(b * Spec.ActionSize, Spec.ActionSize).ToArray(), Has.All.EqualTo(positions[b] % 1000));
                Assert.That(parts[3][b], Is.EqualTo(positions[b] % 1000));
                Assert.That(parts[4].AsSpan(b * Spec.ObservationSize, Spec.ObservationSize).ToArray(), Has.All.EqualTo(positions[b] % 1000));
            }

            return positions;
        }

        public void Dispose()
        {
        }
    }
}
