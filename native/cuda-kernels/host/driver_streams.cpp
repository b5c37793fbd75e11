// The stand-in driver's streams and events: queues whose work is done at once, or as late and in as odd an order as a test asks for.
#include "driver.hpp"
#include <deque>
#include <random>
#include <vector>

using namespace driver;

namespace
{
struct Stream
{
    std::deque<std::function<int()>> waiting; // the work not yet done, oldest first; one that answers not_ready stays
    uint64_t issued = 0, done = 0;
    int number = 0;
    bool open = true;
};

struct Event
{
    Stream* stream = nullptr; // null until recorded, which counts as done
    uint64_t at = 0;
    int asked = 0;
};

// Waits that are left out, so that a test can see that somebody would notice: 1 of this stream, 2 of all others, 3 of the host.
int ignored;
void* ignored_stream;

std::vector<Stream*> all; // never freed: an event may name a stream that is gone
int seed;
std::mt19937 dice;

// A handle's stream. Handle 0 is the legacy default stream, in whose queue everything goes that names no other.
Stream* stream_of(void* handle)
{
    static Stream* legacy = nullptr;
    if (handle != nullptr)
    {
        return (Stream*)handle;
    }

    if (legacy == nullptr)
    {
        legacy = new Stream();
        legacy->number = (int)all.size();
        all.push_back(legacy);
    }

    return legacy;
}

// Does the oldest work; false if there is none, or if it waits for another stream.
bool step(Stream* stream)
{
    if (stream->waiting.empty())
    {
        return false;
    }

    int status = stream->waiting.front()();
    if (status == not_ready)
    {
        return false;
    }

    stream->waiting.pop_front();
    stream->done++;
    if (status != success)
    {
        lose(status);
    }

    return true;
}

// Does a stream's work up to a point, and that of others that it waits for.
void finish(Stream* stream, uint64_t to)
{
    while (stream->done < to)
    {
        if (step(stream))
        {
            continue;
        }

        bool moved = false;
        for (size_t i = 0; i < all.size() && !moved; i++)
        {
            moved = all[i] != stream && step(all[i]);
        }

        if (!moved)
        {
            lose(launch_failed); // streams that wait for each other: a real device would hang
            return;
        }
    }
}

// Lets every stream do as much as its dice say: some always hurry, some never do, some do now and then.
void progress()
{
    for (Stream* stream : all)
    {
        int eagerness = seed == 0 ? 2 : (seed + stream->number * (1 + seed / 3)) % 3;
        while ((eagerness == 2 || (eagerness == 1 && dice() % 2 == 0)) && step(stream))
        {
        }
    }
}
}

int driver::enqueue(void* stream, std::function<int()> work)
{
    Stream* to = stream_of(stream);
    to->waiting.push_back(std::move(work));
    to->issued++;
    progress();
    return seed == 0 ? enter("") : success;
}

int driver::finish_all()
{
    for (size_t i = 0; i < all.size(); i++)
    {
        finish(all[i], all[i]->issued);
    }

    return success;
}

void driver::set_streams(int number)
{
    finish_all();
    seed = number;
    dice.seed((unsigned)number);
}

extern "C"
{
void rf_ignore_waits(int which, void* stream)
{
    ignored = which;
    ignored_stream = stream;
}

int cuStreamCreate(void** stream, unsigned)
{
    ENTER("cuStreamCreate");
    streams++;
    Stream* made = new Stream();
    made->number = (int)all.size();
    all.push_back(made);
    *stream = made;
    return success;
}

int cuStreamDestroy_v2(void* stream)
{
    finish((Stream*)stream, ((Stream*)stream)->issued);
    streams--;
    return enter("cuStreamDestroy_v2");
}

int cuStreamSynchronize(void* stream)
{
    ENTER("cuStreamSynchronize");
    finish(stream_of(stream), stream_of(stream)->issued);
    return enter("");
}

int cuStreamWaitEvent(void* stream, void* event, unsigned)
{
    ENTER("cuStreamWaitEvent");
    if ((ignored == 1 && stream == ignored_stream) || (ignored == 2 && stream != ignored_stream))
    {
        return success;
    }

    Stream* other = ((Event*)event)->stream;
    uint64_t at = ((Event*)event)->at;
    return enqueue(stream, [=] { return other == nullptr || other->done >= at ? success : not_ready; });
}

int cuEventCreate(void** event, unsigned)
{
    ENTER("cuEventCreate");
    events++;
    *event = new Event();
    return success;
}

int cuEventDestroy_v2(void* event)
{
    events--;
    delete (Event*)event;
    return enter("cuEventDestroy_v2");
}

int cuEventRecord(void* event, void* stream)
{
    ENTER("cuEventRecord");
    Event* recorded = (Event*)event;
    recorded->stream = stream_of(stream);
    recorded->at = recorded->stream->issued;
    recorded->asked = 0;
    return success;
}

// Where streams dawdle, a question is answered with "not ready" twice before the work is done.
int cuEventQuery(void* event)
{
    ENTER("cuEventQuery");
    Event* asked = (Event*)event;
    progress();
    if (asked->stream != nullptr && asked->stream->done < asked->at)
    {
        if (++asked->asked < 3)
        {
            return not_ready;
        }

        finish(asked->stream, asked->at);
    }

    return enter("");
}

int cuEventSynchronize(void* event)
{
    ENTER("cuEventSynchronize");
    Event* awaited = (Event*)event;
    if (awaited->stream != nullptr && ignored != 3)
    {
        finish(awaited->stream, awaited->at);
    }

    return enter("");
}

int cuEventElapsedTime(float* milliseconds, void*, void*)
{
    ENTER("cuEventElapsedTime");
    *milliseconds = 1.0f;
    return success;
}
}
