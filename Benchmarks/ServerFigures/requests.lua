-- Sends the requests of a file, one body a line, in turn, and looks at every answer.
--
--   wrk -s requests.lua URL -- OPERATION BODIES
--
-- At the end a line `figures {...}`: requests that were answered well, those that were not, and the
-- time in seconds. PutEvents is answered well only if no entry failed.

local threads = {}

function setup(thread)
    table.insert(threads, thread)
end

local requests = {}
local place = 0
local expected
right, wrong, example = 0, 0, ""

function init(arguments)
    local operation = arguments[1]
    expected = operation == "PutEvents" and '"FailedEntryCount":%s*0[,}]' or '"Result":%s*true'
    wrk.method = "POST"
    wrk.headers["Content-Type"] = "application/x-amz-json-1.1"
    wrk.headers["X-Amz-Target"] = "AWSEvents." .. operation
    wrk.headers["X-Amz-Date"] = os.date("!%Y%m%dT%H%M%SZ")
    wrk.headers["Authorization"] = "AWS4-HMAC-SHA256 Credential=000000000000/"
        .. os.date("!%Y%m%d") .. "/us-east-1/events/aws4_request, "
        .. "SignedHeaders=content-type;host;x-amz-date;x-amz-target, Signature=" .. ("0"):rep(64)
    for body in io.lines(arguments[2]) do
        table.insert(requests, wrk.format(nil, "/", nil, body))
    end
end

function request()
    place = place % #requests + 1
    return requests[place]
end

function response(status, _, body)
    if status == 200 and body:find(expected) then
        right = right + 1
    else
        wrong = wrong + 1
        example = status .. " " .. body:sub(1, 200)
    end
end

function done(summary)
    local well, badly, shown = 0, 0, ""
    for _, thread in ipairs(threads) do
        well = well + thread:get("right")
        badly = badly + thread:get("wrong")
        if thread:get("example") ~= "" then shown = thread:get("example") end
    end
    local errors = summary.errors
    print(string.format(
        'figures {"right": %d, "wrong": %d, "broken": %d, "seconds": %.6f, "example": "%s"}',
        well, badly, errors.connect + errors.read + errors.write + errors.timeout,
        summary.duration / 1e6, shown:gsub('[%c"\\]', "'")))
end
