"""What a small script or a gear with a key does with the server, in nothing but Python's own library."""

import json
import sys
import urllib.error
import urllib.request

HOST, KEY, PROJECT = sys.argv[1:4]


def call(method, path, body=None, headers=None):
    """Sends a request, and answers its body: JSON as what it says, else bytes."""
    data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
    sent = {"Authorization": f"scitran-user {KEY}", "Content-Type": "application/json", **(headers or {})}
    request = urllib.request.Request(f"{HOST}/api{path}", data=data, headers=sent, method=method)
    with urllib.request.urlopen(request, timeout=30) as reply:
        content = reply.read()
        return json.loads(content) if "json" in reply.headers["Content-Type"] else content


def form(name, content, metadata):
    """A form with metadata and a file in it, as the requests package writes one."""
    line = "a-line-between-parts"
    body = (
        f'--{line}\r\nContent-Disposition: form-data; name="metadata"\r\n\r\n{json.dumps(metadata)}\r\n'
        f'--{line}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    ).encode() + content + f"\r\n--{line}--\r\n".encode()
    return body, {"Content-Type": f"multipart/form-data; boundary={line}"}


def attempt(*request):
    """The answer to a request, or the error that it was refused with."""
    try:
        return call(*request)
    except urllib.error.HTTPError as error:
        return json.loads(error.read())


user = call("GET", "/users/self")
project = call("POST", "/lookup", {"path": ["lab", PROJECT]})
for acquisition in call("GET", f"/projects/{project['_id']}/acquisitions?filter=label=T1w"):
    content = b"\x00\x01" * 500_000
    body, headers = form("scan.nii", content, {"modality": "MR"})
    [saved] = call("POST", f"/acquisitions/{acquisition['_id']}/files", body, headers)
    assert call("GET", f"/acquisitions/{acquisition['_id']}/files/scan.nii") == content
    call("POST", f"/acquisitions/{acquisition['_id']}/files/scan.nii/info", {"set": {"mean": 0.5}})
    call("POST", f"/acquisitions/{acquisition['_id']}/info", {"set": {"seen": True}})
    gear = call("GET", "/gears/toy")
    job = attempt(
        "POST",
        "/jobs/add",
        {
            "gear_id": gear["_id"],
            "inputs": {"image": {"type": "acquisition", "id": acquisition["_id"], "name": "scan.nii"}},
            "config": {"size": 4},
        },
    )
    refused = attempt("GET", "/acquisitions/" + "0" * 24)
    after = call("GET", f"/acquisitions/{acquisition['_id']}")
    print(
        json.dumps(
            {
                "user": user["_id"],
                "size": saved["size"],
                "modality": saved["modality"],
                "info": after["info"],
                "file_info": after["files"][0]["info"],
                "job": call("GET", f"/jobs/{job['_id']}")["state"] if "_id" in job else job["code"],
                "refused": [refused["status_code"], refused["code"]],
            }
        )
    )
