using Reacher.Fast.Replay;
using Reacher.Fast.Replay.Control;
using Reacher.Fast.Replay.Writing;

namespace Reacher.Fast.TestChild;

/// <summary>Writes provenance rows as fast as it can until the control block says stop.</summary>
internal static class WriterChild
{
    public static int Run(ChildArguments arguments)
    {
        using ControlBlock control = ControlBlock.Open(arguments.Control);
        ProcessSlot self = control.Slot(ProcessRole.Environment, arguments.Slot);
        self.Take();
        using ReplayFile replay = ReplayFile.Open(arguments.Replay, Provenance.Spec);
        uint first = (uint)(arguments.Slot * Provenance.Streams);
        using TransitionWriter writer = new(replay, Provenance.Streams, first, arguments.NStep, Provenance.Gamma);
        PlantedBugs.Plant(writer, arguments.Variant);
        EpisodePlayer player = new((int)first, arguments.Incarnation, PlantedBugs.TakesNextRowAsSuccessor(arguments.Variant));
        self.Phase = ProcessPhase.Running;
        while (!control.ShouldStop)
        {
            player.Step(writer);
            self.AddVectorStep(Provenance.Streams);
        }

        self.Phase = ProcessPhase.Stopped;
        return ExitCodes.Pass;
    }
}

/// <summary>Plays the episodes that <see cref="Provenance"/> describes, all agents in step, each with episodes of its own.</summary>
public sealed class EpisodePlayer
{
    private readonly int firstStream;
    private readonly int incarnation;
    private readonly bool wrongSuccessors;
    private readonly int[] episodes = new int[Provenance.Streams];
    private readonly int[] steps = new int[Provenance.Streams];
    private readonly float[] observations = new float[Provenance.Streams * Provenance.Spec.ObservationSize];
    private readonly float[] nextObservations = new float[Provenance.Streams * Provenance.Spec.ObservationSize];
    private readonly float[] finalObservations = new float[Provenance.Streams * Provenance.Spec.ObservationSize];
    private readonly float[] actions = new float[Provenance.Streams * Provenance.Spec.ActionSize];
    private readonly float[] rewards = new float[Provenance.Streams];
    private readonly bool[] terminated = new bool[Provenance.Streams];
    private readonly bool[] truncated = new bool[Provenance.Streams];
    private readonly bool[] lost = new bool[Provenance.Streams];

    /// <summary>A player of the streams from <paramref name="firstStream"/> on.</summary>
    public EpisodePlayer(int firstStream, int incarnation, bool wrongSuccessors = false)
    {
        this.firstStream = firstStream;
        this.incarnation = incarnation;
        this.wrongSuccessors = wrongSuccessors;
    }

    /// <summary>Plays one vector step and writes it.</summary>
    public int Step(TransitionWriter writer)
    {
        int size = Provenance.Spec.ObservationSize;
        int actionSize = Provenance.Spec.ActionSize;
        for (int i = 0; i < Provenance.Streams; i++)
        {
            int stream = firstStream + i;
            int episode = episodes[i];
            int step = steps[i];
            Provenance.Observe(observations.AsSpan(i * size, size), stream, episode, step, incarnation);
            Provenance.Act(actions.AsSpan(i * actionSize, actionSize), stream, episode, step, incarnation);
            rewards[i] = Provenance.Reward(stream, episode, step);
            bool ends = step + 1 == Provenance.Length(stream, episode);
            Provenance.End end = Provenance.EndOf(stream, episode);
            terminated[i] = ends && end == Provenance.End.Terminated;
            truncated[i] = ends && end == Provenance.End.Truncated;
            lost[i] = ends && end == Provenance.End.Lost;
            if (ends)
            {
                Provenance.Observe(finalObservations.AsSpan(i * size, size), stream, episode, step + 1, incarnation);
                episodes[i] = (episode + 1) & 0xFFFFF;
                steps[i] = 0;
            }
            else
            {
                steps[i]++;
            }

            Provenance.Observe(nextObservations.AsSpan(i * size, size), stream, episodes[i], steps[i], incarnation);
        }

        // The bug that started it all: the next row of a buffer that interleaves agents is another agent's.
        Span<float> successors = nextObservations;
        if (wrongSuccessors)
        {
            observations.AsSpan(size).CopyTo(successors);
        }

        return writer.Write(observations, actions, rewards, terminated, truncated, lost, successors, finalObservations);
    }
}
