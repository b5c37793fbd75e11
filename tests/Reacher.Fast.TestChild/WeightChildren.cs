using System.Globalization;
using Reacher.Fast.Replay.Control;
using Reacher.Fast.Replay.Weights;

namespace Reacher.Fast.TestChild;

/// <summary>Publishes and reads blocks whose every float is the version: a mixture shows at once.</summary>
internal static class WeightChildren
{
    public static int Publish(string path, string controlPath, string count)
    {
        using ControlBlock control = ControlBlock.Open(controlPath);
        using WeightChannel channel = WeightChannel.Open(path);
        float[] block = new float[channel.FloatCount];
        ProcessSlot self = control.Learner;
        self.Take();
        self.Phase = ProcessPhase.Running;
        long last = long.Parse(count, CultureInfo.InvariantCulture);
        for (long version = self.WeightVersion + 1; version <= last && !control.ShouldStop; version++)
        {
            Array.Fill(block, version & 0xFFFFFF);
            channel.Publish(block, version);
            self.WeightVersion = version;
        }

        self.Phase = ProcessPhase.Stopped;
        return ExitCodes.Pass;
    }

    public static int Read(string path, string controlPath, string slot)
    {
        using ControlBlock control = ControlBlock.Open(controlPath);
        using WeightChannel channel = WeightChannel.Open(path);
        ProcessSlot self = control.Slot(ProcessRole.Evaluation, int.Parse(slot, CultureInfo.InvariantCulture));
        self.Take();
        self.Phase = ProcessPhase.Running;
        float[] block = new float[channel.FloatCount];
        long seen = 0;
        long lastVersion = 0;
        while (!control.ShouldStop)
        {
            if (channel.TryRead(block, ref seen, out long version))
            {
                bool whole = block.AsSpan().IndexOfAnyExcept(version & 0xFFFFFF) < 0;
                if (!whole || version < lastVersion)
                {
                    self.AddUpdates(1);
                }

                lastVersion = version;
                self.AddVectorStep(1);
            }
        }

        self.Phase = ProcessPhase.Stopped;
        return self.Updates == 0 ? ExitCodes.Pass : ExitCodes.Violation;
    }
}
