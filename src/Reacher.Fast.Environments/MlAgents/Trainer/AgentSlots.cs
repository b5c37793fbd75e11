using Reacher.Fast.Core;
using Reacher.Fast.Core.Environments;

namespace Reacher.Fast.Environments.MlAgents.Trainer;

/// <summary>
/// Keeps a player's agents, which come, go and return under other ids, in the fixed rows of a vector environment.
/// <para>
/// The rows are the agents of the first message. A row whose episode has ended is vacant until an unknown agent asks for an
/// action; vacant rows are filled in the order in which they fell vacant. An agent for which no row is vacant is left out: it
/// gets zeros and is not learned from. A row that asked for nothing in <see cref="PatienceInMessages"/> messages in a row
/// falls vacant as well. Every message's infos that are done are taken before those that ask for actions, whatever their order.
/// </para>
/// </summary>
internal sealed class AgentSlots(BehaviorSpec behavior, int count, bool doneBringsNextEpisode)
{
    /// <summary>Messages after which a silent agent's row may be taken by another.</summary>
    public const int PatienceInMessages = 100;

    private readonly Dictionary<int, int> slotOfAgent = new(count);
    private readonly Queue<int> vacant = new(count);
    private readonly int[] silentMessages = new int[count];
    private readonly bool[] asked = new bool[count];
    private readonly bool[] acted = new bool[count];
    private readonly bool[] complete = new bool[count];
    private readonly bool[] occupied = new bool[count];
    private readonly float[] latest = new float[count * behavior.ObservationSize];
    private int[] order = new int[count];
    private int orderCount;

    /// <summary>Agents of the last message that asked for actions and had no row.</summary>
    public int LeftOut { get; private set; }

    /// <summary>Rows that asked for actions in the last message.</summary>
    public int Asking { get; private set; }

    /// <summary>The rows of the agents that asked for actions in the last message, in its order; -1 for an agent left out.</summary>
    public ReadOnlySpan<int> Order => order.AsSpan(0, orderCount);

    /// <summary>[count, observation] What each row last saw.</summary>
    public ReadOnlySpan<float> Latest => latest;

    /// <summary>Forgets all agents: the next message's take the rows from the first on.</summary>
    public void Restart()
    {
        slotOfAgent.Clear();
        vacant.Clear();
        Array.Clear(silentMessages);
        Array.Clear(asked);
        orderCount = 0;
        Asking = 0;
        for (int slot = 0; slot < count; slot++)
        {
            vacant.Enqueue(slot);
        }
    }

    /// <summary>Takes the first message after a start or a reset: those that ask for actions begin an episode.</summary>
    public void TakeFirst(PlayerReport report)
    {
        BeginMessage();
        for (int i = 0; i < report.Count; i++)
        {
            Check(report, i);
            if (doneBringsNextEpisode || !report.Done[i])
            {
                int slot = SlotOf(report.Ids[i]);
                Ask(slot);
                if (slot >= 0)
                {
                    report.Observation(i).CopyTo(Row(latest, slot));
                }
            }
        }
    }

    /// <summary>Opens a step: the actions of the rows in <see cref="Order"/> are on their way.</summary>
    public void BeginStep(in VectorStep step)
    {
        asked.CopyTo(acted, 0);
        Array.Clear(complete);
        Array.Fill(occupied, true);
        foreach (int slot in vacant)
        {
            occupied[slot] = false;
        }

        step.Rewards.Clear();
        step.Terminated.Clear();
        step.Truncated.Clear();
        step.Lost.Clear();
    }

    /// <summary>Takes one message of the step; there is a second where the first asked for no actions.</summary>
    public void Take(PlayerReport report, in VectorStep step)
    {
        BeginMessage();
        for (int i = 0; i < report.Count; i++)
        {
            Check(report, i);
            if (report.Done[i] && !doneBringsNextEpisode)
            {
                TakeEnd(report, i, step);
            }
        }

        for (int i = 0; i < report.Count; i++)
        {
            if (doneBringsNextEpisode || !report.Done[i])
            {
                TakeAsking(report, i, step);
            }
        }

        for (int slot = 0; slot < count; slot++)
        {
            silentMessages[slot] = asked[slot] || vacant.Contains(slot) ? 0 : silentMessages[slot] + 1;
            if (silentMessages[slot] > PatienceInMessages)
            {
                Vacate(slot);
            }
        }
    }

    /// <summary>Closes a step: what neither ended nor asked again has no successor.</summary>
    public void EndStep(in VectorStep step)
    {
        for (int slot = 0; slot < count; slot++)
        {
            step.Activity[slot] = !occupied[slot] ? RowActivity.Vacant
                : acted[slot] && complete[slot] ? RowActivity.Acted
                : RowActivity.Idle;
            step.Lost[slot] |= step.Activity[slot] != RowActivity.Acted;
        }

        latest.CopyTo(step.Observations);
    }

    private void BeginMessage()
    {
        Array.Clear(asked);
        orderCount = 0;
        Asking = 0;
        LeftOut = 0;
    }

    /// <summary>An episode's end with its true last observation; the row falls vacant.</summary>
    private void TakeEnd(PlayerReport report, int index, in VectorStep step)
    {
        if (!slotOfAgent.Remove(report.Ids[index], out int slot))
        {
            return;
        }

        step.Rewards[slot] += report.Rewards[index];
        step.Terminated[slot] = !report.Interrupted[index];
        step.Truncated[slot] = report.Interrupted[index];
        report.Observation(index).CopyTo(Row(step.FinalObservations, slot));
        report.Observation(index).CopyTo(Row(latest, slot));
        complete[slot] = true;
        silentMessages[slot] = 0;
        vacant.Enqueue(slot);
    }

    private void TakeAsking(PlayerReport report, int index, in VectorStep step)
    {
        bool known = slotOfAgent.ContainsKey(report.Ids[index]);
        int slot = SlotOf(report.Ids[index]);
        Ask(slot);
        if (slot < 0)
        {
            return;
        }

        // An unknown agent's first reward belongs to no decision of ours.
        if (known)
        {
            step.Rewards[slot] += report.Rewards[index];
            complete[slot] = true;
            if (report.Done[index])
            {
                // The true last observation never leaves an API-4 player. Behind a true end nothing reads it (discount 0);
                // behind a time limit the value would be bootstrapped from it, so that one transition is dropped.
                step.Terminated[slot] = !report.Interrupted[index];
                step.Truncated[slot] = report.Interrupted[index];
                step.Lost[slot] = report.Interrupted[index];
                Row(latest, slot).CopyTo(Row(step.FinalObservations, slot));
            }
        }

        report.Observation(index).CopyTo(Row(latest, slot));
    }

    private int SlotOf(int agent)
    {
        if (slotOfAgent.TryGetValue(agent, out int slot))
        {
            return slot;
        }

        if (!vacant.TryDequeue(out slot))
        {
            LeftOut++;
            return -1;
        }

        slotOfAgent.Add(agent, slot);
        return slot;
    }

    private void Ask(int slot)
    {
        if (orderCount == order.Length)
        {
            Array.Resize(ref order, 2 * order.Length);
        }

        order[orderCount++] = slot;
        if (slot >= 0)
        {
            asked[slot] = true;
            Asking++;
        }
    }

    private void Vacate(int slot)
    {
        silentMessages[slot] = 0;
        occupied[slot] = false;
        foreach ((int agent, int taken) in slotOfAgent)
        {
            if (taken == slot)
            {
                slotOfAgent.Remove(agent);
                vacant.Enqueue(slot);
                return;
            }
        }
    }

    private void Check(PlayerReport report, int index)
    {
        bool finite = float.IsFinite(report.Rewards[index]);
        foreach (float value in report.Observation(index))
        {
            finite &= float.IsFinite(value);
        }

        if (!finite)
        {
            string what = float.IsFinite(report.Rewards[index]) ? "its observation" : "its reward";
            throw new InputException(
                $"Agent {report.Ids[index]} of behaviour '{behavior.Name}' sent NaN or infinity in {what}; find what the scene divides " +
                "by zero or lets fly off.");
        }
    }

    private Span<float> Row(Span<float> rows, int slot) => rows.Slice(slot * behavior.ObservationSize, behavior.ObservationSize);
}
