// The draft from neither context nor settings, changed only on purpose; draft.json is indented here.

let goldenBareXML = #"""
    <?xml version="1.0" encoding="UTF-8"?>
    <!-- This is a draft, prepared by software. A person reviews it, decides, and submits it. -->
    <!-- Demonstration: all of it is synthetic. It must not be sent. -->
    <draft environment="demonstration" submitted="false" upload="019aa8a5-2000-7000-8000-000000000001">
    <report xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:noNamespaceSchemaLocation="https://report.cybertip.org/ispws/xsd">
      <incidentSummary>
        <incidentType>Child Pornography (possession, manufacture, and distribution)</incidentType>
        <incidentDateTime>2026-11-21T20:00:00Z</incidentDateTime>
        <incidentDateTimeDescription>time when the provider's scanner took the upload in; the time of the upload itself was not given</incidentDateTimeDescription>
      </incidentSummary>
      <reporter>
        <reportingPerson/>
      </reporter>
      <additionalInfo>Found by software, breakwaterd 0.1.0, at 2026-11-21T20:00:03Z: an uploaded file equals an entry of a list of apparent child sexual abuse material. The file's own information says which list and how.
    Software compared digests. No complete viewing of the file by a reviewer of the provider is recorded.
    Environment "demonstration": not for the production service.</additionalInfo>
    </report>
    <!-- A template: reportId and fileId come first and are given by the service while submitting. -->
    <fileDetails>
      <fileViewedByEsp>false</fileViewedByEsp>
      <exifViewedByEsp>false</exifViewedByEsp>
      <fileRelevance>Reported</fileRelevance>
      <originalFileHash hashType="MD5">11111111111111111111111111111111</originalFileHash>
      <originalFileHash hashType="SHA1">2222222222222222222222222222222222222222</originalFileHash>
      <originalFileHash hashType="SHA256">3333333333333333333333333333333333333333333333333333333333333333</originalFileHash>
      <additionalInfo>Apparent child sexual abuse material: the file equals an entry of list "demo-a" (entry demo-a#17, class csam) of supplier "Example Supplier", generation "2026-11-20T00-00-00Z", by exact comparison of SHA-1 and MD5. Grade G1. The supplier says of the list: "made for demonstrations". The list is synthetic: its values are invented.</additionalInfo>
      <additionalInfo>The digests are of the bytes as the provider's application handed them to the scanner.</additionalInfo>
      <additionalInfo>Software compared digests. No complete viewing of the file by a reviewer of the provider is recorded.</additionalInfo>
    </fileDetails>
    </draft>

    """#

let goldenBareJSON = #"""
    {
      "bundle": "ex-019aa8a5-2000-7000-8000-000000000001",
      "case": "case-019aa8a5-2000-7000-8000-000000000001",
      "completeness": {
        "lacks": [
          "identity",
          "upload address",
          "location or victim",
          "flags decided",
          "contact and preservation"
        ],
        "score": 40
      },
      "context": null,
      "environment": "demonstration",
      "fileDetails": {
        "additionalInfo": [
          "Apparent child sexual abuse material: the file equals an entry of list \"demo-a\" (entry demo-a#17, class csam) of supplier \"Example Supplier\", generation \"2026-11-20T00-00-00Z\", by exact comparison of SHA-1 and MD5. Grade G1. The supplier says of the list: \"made for demonstrations\". The list is synthetic: its values are invented.",
          "The digests are of the bytes as the provider's application handed them to the scanner.",
          "Software compared digests. No complete viewing of the file by a reviewer of the provider is recorded."
        ],
        "exifViewedByEsp": false,
        "fileRelevance": "Reported",
        "fileViewedByEsp": false,
        "originalFileHash": [
          {
            "hashType": "MD5",
            "value": "11111111111111111111111111111111"
          },
          {
            "hashType": "SHA1",
            "value": "2222222222222222222222222222222222222222"
          },
          {
            "hashType": "SHA256",
            "value": "3333333333333333333333333333333333333333333333333333333333333333"
          }
        ]
      },
      "findings": [
        {
          "field": "environment",
          "problem": "a demonstration must not be sent",
          "remedy": null,
          "rule": "RL42",
          "severity": "blocking"
        },
        {
          "field": "report/reporter/reportingPerson/email",
          "problem": "missing",
          "remedy": "report.email in breakwater.toml",
          "rule": "RL04",
          "severity": "blocking"
        },
        {
          "field": "context",
          "problem": "nothing came with the upload",
          "remedy": "NAME.meta.json, renamed into incoming/ before NAME",
          "rule": null,
          "severity": "warning"
        },
        {
          "field": "report/incidentSummary/platform",
          "problem": "missing",
          "remedy": "report.platform in breakwater.toml",
          "rule": "RL08",
          "severity": "warning"
        },
        {
          "field": "report/internetDetails/webPageIncident/url",
          "problem": "no place is named",
          "remedy": "\"page_url\" in NAME.meta.json",
          "rule": "RL36",
          "severity": "warning"
        },
        {
          "field": "report/reporter/contactPerson",
          "problem": "nobody whom police can call, by name and with a phone or an e-mail address",
          "remedy": "report.first_name, last_name, phone in breakwater.toml",
          "rule": "RL05",
          "severity": "warning"
        },
        {
          "field": "report/reporter/companyTemplate",
          "problem": "does not say who the company is, how to serve process, what it retains and whom to call at night",
          "remedy": "report.company, company_template in breakwater.toml",
          "rule": "RL06",
          "severity": "warning"
        },
        {
          "field": "report/reporter/legalURL",
          "problem": "missing",
          "remedy": "report.legal_url in breakwater.toml",
          "rule": "RL07",
          "severity": "warning"
        },
        {
          "field": "report/personOrUserReported/personOrUserReportedPerson/email",
          "problem": "neither an e-mail address nor a phone of the user",
          "remedy": "\"email\" in NAME.meta.json",
          "rule": "RL10",
          "severity": "warning"
        },
        {
          "field": "report/personOrUserReported/espIdentifier",
          "problem": "missing",
          "remedy": "\"uploader_ref\" in NAME.meta.json",
          "rule": "RL09",
          "severity": "warning"
        },
        {
          "field": "report/personOrUserReported/espService",
          "problem": "missing",
          "remedy": "\"service\" in NAME.meta.json",
          "rule": "RL08",
          "severity": "warning"
        },
        {
          "field": "report/personOrUserReported/ipCaptureEvent",
          "problem": "not both the registration and the last logins",
          "remedy": "\"account.ipCaptureEvent\" in NAME.meta.json",
          "rule": "RL16",
          "severity": "warning"
        },
        {
          "field": "report/personOrUserReported/ipCaptureEvent/ipAddress",
          "problem": "no address of the user with what happened and when",
          "remedy": "\"ip\" in NAME.meta.json",
          "rule": "RL11",
          "severity": "warning"
        },
        {
          "field": "report/personOrUserReported/accountPermanentlyDisabled",
          "problem": "does not say whether the account was disabled, and its user told",
          "remedy": "\"account.accountPermanentlyDisabled\" in NAME.meta.json",
          "rule": "RL31",
          "severity": "warning"
        },
        {
          "field": "fileDetails/originalFileName",
          "problem": "missing",
          "remedy": "\"original_filename\" in NAME.meta.json",
          "rule": "RL22",
          "severity": "warning"
        },
        {
          "field": "fileDetails/uploadedToEspTimestamp",
          "problem": "missing",
          "remedy": "\"uploaded_at\" in NAME.meta.json",
          "rule": "RL21",
          "severity": "warning"
        },
        {
          "field": "fileDetails/locationOfFile",
          "problem": "missing",
          "remedy": "\"page_url\" in NAME.meta.json",
          "rule": "RL23",
          "severity": "warning"
        },
        {
          "field": "fileDetails/publiclyAvailable",
          "problem": "does not say whether the public could reach it",
          "remedy": "\"file.publiclyAvailable\" in NAME.meta.json",
          "rule": "RL23",
          "severity": "warning"
        },
        {
          "field": "fileDetails/ipCaptureEvent",
          "problem": "no address of the upload itself",
          "remedy": "\"ip\" in NAME.meta.json",
          "rule": "RL12",
          "severity": "warning"
        },
        {
          "field": "report",
          "problem": "says little, which makes it no less urgent",
          "remedy": null,
          "rule": "RL45",
          "severity": "advice"
        },
        {
          "field": "report/incidentSummary/incidentDateTime",
          "problem": "the time of the claim stands here instead",
          "remedy": null,
          "rule": "RL02",
          "severity": "advice"
        },
        {
          "field": "report/personOrUserReported/deviceId",
          "problem": "no devices, linked accounts or billing data",
          "remedy": "\"account.deviceId, account.associatedAccount\" in NAME.meta.json",
          "rule": "RL33",
          "severity": "advice"
        }
      ],
      "matches": [
        {
          "agreed": [
            "md5",
            "sha1"
          ],
          "class": "csam",
          "distance": null,
          "entry": "demo-a#17",
          "equal": {
            "md5": "11111111111111111111111111111111",
            "sha1": "2222222222222222222222222222222222222222"
          },
          "generation": "2026-11-20T00-00-00Z",
          "grade": "g1",
          "list": "demo-a",
          "part": "content",
          "provenance": "made for demonstrations",
          "supplier": "Example Supplier",
          "synthetic": true
        }
      ],
      "profile": "2025-11",
      "program": "breakwaterd 0.1.0",
      "report": {
        "additionalInfo": "Found by software, breakwaterd 0.1.0, at 2026-11-21T20:00:03Z: an uploaded file equals an entry of a list of apparent child sexual abuse material. The file's own information says which list and how.\nSoftware compared digests. No complete viewing of the file by a reviewer of the provider is recorded.\nEnvironment \"demonstration\": not for the production service.",
        "incidentSummary": {
          "incidentDateTime": "2026-11-21T20:00:00Z",
          "incidentDateTimeDescription": "time when the provider's scanner took the upload in; the time of the upload itself was not given",
          "incidentType": "Child Pornography (possession, manufacture, and distribution)"
        },
        "reporter": {
          "reportingPerson": {}
        }
      },
      "source": {
        "claimed_at": "2026-11-21T20:00:00.250000000Z",
        "digests": {
          "bytes": 4096,
          "md5": "11111111111111111111111111111111",
          "sha1": "2222222222222222222222222222222222222222",
          "sha256": "3333333333333333333333333333333333333333333333333333333333333333"
        },
        "listed_at": "2026-11-21T20:00:03.000000000Z",
        "path": {
          "text": "in/a.jpg"
        },
        "spool": "photos"
      },
      "submitted": false,
      "upload": "019aa8a5-2000-7000-8000-000000000001"
    }
    """#
